"""TLS and authentication, with a mail server that has a certificate of its own and one account."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from alerts.channels import backoff, smtp
from alerts.channels.base import Refused, Unusable
from alerts.message import QueuedMessage
from tests.integration.letterbox import Letterbox, free_port
from warehouse.settings import ZONE

MESSAGE = QueuedMessage(
    "<a@baocao.invalid>",
    "email",
    "da-mai@example.org",
    "Báo cáo",
    "Kính gửi",
    "<p>",
    datetime(2026, 12, 1, tzinfo=ZONE),
)
PASSWORD = "mat-khau-gia-dinh"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a key and a certificate of 127.0.0.1 that nobody has signed but itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, today = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


@contextmanager
def listening(certificate: Path, box: Letterbox, over_tls: bool = False) -> Iterator[str]:
    """A server that takes mail over TLS, after a log-in; yields its host and port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def check(server: object, session: object, envelope: object, mechanism: str, data: object) -> AuthResult:
        known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"baocao", PASSWORD.encode())
        return AuthResult(success=known, handled=False)

    security = {"ssl_context": context} if over_tls else {"tls_context": context, "require_starttls": True}
    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=check,
        auth_required=True,
        auth_require_tls=not over_tls,  # a connection over TLS from its beginning counts as open to aiosmtpd
        **security,
    )
    controller.start()
    try:
        yield f"127.0.0.1:{controller.port}"
    finally:
        controller.stop()


def send(url: str) -> int:
    """Sends the message; returns how often its text went out."""
    noted: list[QueuedMessage] = []
    with smtp.mailer(url) as mailer:
        mailer.send(MESSAGE, noted.append)
    return len(noted)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("over_tls", [False, True])
def test_a_letter_goes_over_tls_after_a_log_in(certificate, trusted, over_tls):
    box = Letterbox()
    with listening(certificate, box, over_tls) as server_url:
        scheme, option = ("smtps", "") if over_tls else ("smtp", "&starttls=1")
        assert send(f"{scheme}://baocao:{PASSWORD}@{server_url}?from=a@example.org{option}") == 1
    assert [letter["To"] for letter in box.letters] == ["da-mai@example.org"]


@pytest.mark.parametrize(
    ("login", "option", "expected_text"),
    [
        ("baocao:sai-mat-khau@", "starttls=1", "535 5.7.8 Authentication credentials invalid"),
        (f"baocao:{PASSWORD}@", "", "SMTP AUTH extension not supported by server"),
    ],
)
def test_a_log_in_that_fails_says_why_without_the_password_and_is_not_repeated(
    certificate, trusted, monkeypatch, login, option, expected_text
):
    monkeypatch.setattr(backoff, "WAIT_SECONDS", 60)
    box = Letterbox()
    with listening(certificate, box) as server_url, pytest.raises(Unusable) as failure:
        send(f"smtp://{login}{server_url}?{option}")
    assert expected_text in str(failure.value)
    assert "mat-khau" not in str(failure.value)
    assert box.letters == []


def test_a_certificate_that_is_not_trusted_gets_neither_password_nor_letter(certificate, monkeypatch):
    monkeypatch.setattr(backoff, "WAIT_SECONDS", 60)
    box = Letterbox()
    with (
        listening(certificate, box) as server_url,
        pytest.raises(Unusable, match="certificate verify failed") as failure,
    ):
        send(f"smtp://baocao:{PASSWORD}@{server_url}?starttls=1")
    assert PASSWORD not in str(failure.value)
    assert box.letters == []


def test_a_server_without_the_tls_that_was_asked_for_gets_nothing(monkeypatch):
    from tests.integration import letterbox

    monkeypatch.setattr(backoff, "WAIT_SECONDS", 60)
    box = Letterbox()
    with (
        letterbox.listening(box, free_port()) as url,
        pytest.raises(Unusable, match="STARTTLS extension not supported"),
    ):
        send(url + "&starttls=1")
    assert box.letters == []


@pytest.mark.parametrize("knows_such_addresses", [True, False])
def test_an_address_with_vietnamese_letters_is_delivered_or_refused_and_stops_nobody_else(knows_such_addresses):
    box = Letterbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port(), enable_SMTPUTF8=knows_such_addresses)
    controller.start()
    noted: list[QueuedMessage] = []
    try:
        with smtp.mailer(f"smtp://127.0.0.1:{controller.port}") as mailer:
            if knows_such_addresses:
                mailer.send(replace(MESSAGE, recipient="đa-mai@example.org"), noted.append)
            else:
                with pytest.raises(Refused, match="internationalized email"):
                    mailer.send(replace(MESSAGE, recipient="đa-mai@example.org"), noted.append)
            mailer.send(MESSAGE, noted.append)
    finally:
        controller.stop()
    expected = ["đa-mai@example.org", "da-mai@example.org"] if knows_such_addresses else ["da-mai@example.org"]
    assert [letter["To"] for letter in box.letters] == expected
    assert {letter["Subject"] for letter in box.letters} == {"Báo cáo"}
