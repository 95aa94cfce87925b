"""Sign-in with the office's own accounts, against an OpenID provider that runs in the test."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx
import oidc_provider_mock
import pytest

from accounts import registry
from accounts.events import COMMAND
from tests import accessibility
from tests.integration import desk
from tests.integration.desk import Client
from tests.integration.served import serving
from warehouse import database

OFFICER, INVITED, NOBODY = "da-mai@example.org", "moi@example.org", "khong-ai@example.org"
BEGIN = "/dang-nhap/co-quan"


@dataclass
class Provider:
    """issuer: another site than the pages', as it is in an office."""

    issuer: str

    def knows(self, subject: str, **claims: object) -> None:
        httpx.put(f"{self.issuer}/users/{subject}", json=claims, timeout=60).raise_for_status()

    def answers(self, address: str, subject: str) -> str:
        """Where the provider sends a browser whose user signs in there."""
        return httpx.post(address, data={"sub": subject}, timeout=60).headers["location"]


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with oidc_provider_mock.run_server_in_thread() as server:
        yield Provider(f"http://localhost:{server.server_port}")


@pytest.fixture(scope="module")
def address(catalogue: None, provider: Provider) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BAOCAO_SIGN_IN", "on")
        environment.setenv("BAOCAO_OIDC_ISSUER", provider.issuer)
        environment.setenv("BAOCAO_OIDC_CLIENT_ID", "baocao")
        environment.setenv("BAOCAO_OIDC_CLIENT_SECRET", "secret-of-the-pages")
        with serving() as pages:
            environment.setenv("BAOCAO_PAGES_URL", pages.address)
            yield pages.address


@pytest.fixture(autouse=True)
def accounts(catalogue: None) -> Iterator[None]:
    """An officer with a password, and one who was invited and has none."""
    forget_accounts()
    desk.account(OFFICER, "07228")
    with database.connect("loader") as connection:
        registry.add(connection, "07210", INVITED, "reports", "UBND", COMMAND)
    yield
    forget_accounts()


def forget_accounts() -> None:
    with database.connect() as connection:
        connection.execute("truncate ops.account, ops.sign_in_attempt cascade")


@pytest.fixture
def client(address: str) -> Client:
    return Client(address)


def sign_in(client: Client, provider: Provider, subject: str) -> httpx.Response:
    there = client.get(BEGIN).headers["location"]
    return client.get(path_of(provider.answers(there, subject)))


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def signed_in_as(client: Client) -> str | None:
    found = re.search(r"[\w-]+@example\.org", client.get("/tai-khoan").text)
    return found[0] if found else None


@pytest.mark.parametrize("email", [OFFICER, INVITED])
def test_who_was_invited_under_the_verified_address_is_signed_in(client, provider, email):
    provider.knows("s-1", email=email.upper(), email_verified=True)

    assert sign_in(client, provider, "s-1").status_code == 200
    assert signed_in_as(client) == email
    assert desk.events_of(email)[-2:] == ["office_account_bound", "signed_in"]
    assert sign_in(client, provider, "s-1").status_code == 200
    assert desk.events_of(email)[-2:] == ["signed_in", "signed_in"]


def test_the_provider_is_sent_what_it_needs_and_no_secret(client):
    query = parse_qs(urlsplit(client.get(BEGIN).headers["location"]).query)

    assert query["response_type"] == ["code"] and query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"] == [f"{client.address}{BEGIN}/ve"] and query["scope"] == ["openid email"]
    assert not {"client_secret", "code_verifier"} & query.keys() and query["state"] != query["nonce"]


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"email": NOBODY, "email_verified": True}, "chưa được mời"),
        ({"email": OFFICER, "email_verified": False}, "đã được xác nhận"),
        ({"email": OFFICER}, "đã được xác nhận"),
        ({}, "đã được xác nhận"),
    ],
)
def test_nobody_else_is_signed_in_and_reads_why(client, provider, claims, reason):
    provider.knows("s-2", **claims)

    response = sign_in(client, provider, "s-2")
    assert response.status_code == 401 and reason in response.text
    assert signed_in_as(client) is None


def test_an_address_that_was_given_to_somebody_else_opens_nothing(client, address, provider):
    """The account belongs to the first identity, under whatever address; a reset makes it free again."""
    provider.knows("first", email=OFFICER, email_verified=True)
    assert sign_in(client, provider, "first").status_code == 200

    provider.knows("second", email=OFFICER, email_verified=True)
    assert sign_in(Client(address), provider, "second").status_code == 401
    provider.knows("first", email="ten-khac@example.org", email_verified=True)
    renamed = Client(address)
    assert sign_in(renamed, provider, "first").status_code == 200 and signed_in_as(renamed) == OFFICER

    with database.connect("loader") as connection:
        account = registry.find(connection, OFFICER)
        registry.forget_secrets(connection, account)
    assert signed_in_as(renamed) is None
    assert sign_in(Client(address), provider, "second").status_code == 200


def test_a_disabled_account_stays_closed(client, provider):
    provider.knows("s-3", email=OFFICER, email_verified=True)
    assert sign_in(client, provider, "s-3").status_code == 200
    with database.connect("loader") as connection:
        registry.disable(connection, registry.find(connection, OFFICER), COMMAND)

    assert signed_in_as(client) is None
    assert sign_in(client, provider, "s-3").status_code == 401


def test_an_answer_is_good_for_the_browser_that_began_and_once(client, address, provider):
    provider.knows("s-4", email=OFFICER, email_verified=True)
    back = path_of(provider.answers(client.get(BEGIN).headers["location"], "s-4"))

    stranger = Client(address)
    assert stranger.get(back).status_code == 401  # brought to somebody who did not begin
    stranger.get(BEGIN)
    assert stranger.get(back).status_code == 401  # who began another one
    assert client.get(back.replace("state=", "state=x")).status_code == 401
    assert client.get(back).status_code == 401, "the cookie went with the refused one"
    assert signed_in_as(client) is None and signed_in_as(stranger) is None

    back = path_of(provider.answers(client.get(BEGIN).headers["location"], "s-4"))
    cookie = dict(client.http.cookies)
    assert client.get(back).status_code == 200
    client.http.cookies.update(cookie)
    assert client.get(back).status_code == 401, "the code was used already"


@pytest.mark.parametrize("answer", ["error=access_denied", "code=made-up", ""])
def test_whatever_the_answer_is_it_is_no_stack_trace(client, answer):
    state = parse_qs(urlsplit(client.get(BEGIN).headers["location"]).query)["state"][0]
    response = client.get(f"{BEGIN}/ve?{answer}&state={state}")

    assert response.status_code == 401 and "Xin thử lại" in response.text and "Traceback" not in response.text


def test_a_token_of_another_audience_or_nonce_proves_nothing(client, provider, monkeypatch):
    provider.knows("s-5", email=OFFICER, email_verified=True)
    there = client.get(BEGIN).headers["location"]
    other_nonce = path_of(provider.answers(re.sub(r"nonce=[^&]+", "nonce=another", there), "s-5"))
    assert client.get(other_nonce).status_code == 401

    back = path_of(provider.answers(client.get(BEGIN).headers["location"], "s-5"))
    monkeypatch.setenv("BAOCAO_OIDC_CLIENT_ID", "somebody-else")
    assert client.get(back).status_code == 401


def test_a_provider_that_is_down_or_is_another_one_is_no_stack_trace(client, monkeypatch, provider):
    monkeypatch.setenv("BAOCAO_OIDC_ISSUER", "http://localhost:9")
    assert client.get(BEGIN).status_code == 401
    monkeypatch.setenv("BAOCAO_OIDC_ISSUER", provider.issuer.replace("localhost", "127.0.0.1"))
    assert client.get(BEGIN).status_code in (303, 401)


def test_without_a_provider_there_is_no_button_and_no_address(client, monkeypatch):
    assert "tài khoản cơ quan" in client.get("/dang-nhap").text
    monkeypatch.delenv("BAOCAO_OIDC_ISSUER")

    assert "tài khoản cơ quan" not in client.get("/dang-nhap").text
    assert [client.get(path).status_code for path in (BEGIN, f"{BEGIN}/ve")] == [404, 404]


def test_in_a_browser_the_way_leads_there_and_back(address, provider, browser):
    """The strict cookie of the session does not come along from another site: the page in between makes up for it."""
    provider.knows("s-6", email=OFFICER, email_verified=True)
    context = browser.new_context(viewport={"width": 360, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/dang-nhap")
    page.get_by_role("link", name="Đăng nhập bằng tài khoản cơ quan").click()
    page.locator("input[name=sub]").fill("s-6")
    page.get_by_role("button", name=re.compile("Authorize|Allow|Sign in", re.I)).first.click()
    page.wait_for_url(lambda url: url.startswith(address) and "/ve" not in url)
    assert OFFICER in page.content()
    context.close()


def test_the_sign_in_with_its_button_is_accessible(address, browser):
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(f"{address}/dang-nhap")
    assert page.get_by_role("link", name="Đăng nhập bằng tài khoản cơ quan").is_visible()
    assert accessibility.problems(page) == {}
    page.close()
