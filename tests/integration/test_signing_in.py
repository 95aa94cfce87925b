"""Sign-in: invitations, sessions, limits, the second factor, recovery, and what the audit trail keeps."""

import logging
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pyotp
import pytest
from argon2 import PasswordHasher
from fastapi import Response

from accounts import attempts, invitations, passwords, registry, sessions, signing_in, tokens
from accounts.events import COMMAND
from accounts.registry import Account
from pages.signing_in import cookies
from pipeline import approving, catalogue_decisions, contact_changes
from tests.integration import desk
from tests.integration.desk import PASSWORD, Client
from tests.integration.letterbox import Letterbox
from tests.integration.served import Served, serving
from warehouse import clock, database
from warehouse.errors import WrongCall
from warehouse.logging import OURS

OFFICER, PROVINCE, NOBODY = "da-mai@example.org", "tinh@example.org", "khong-ai@example.org"
NOW = "2026-11-20T09:00:00+07:00"
SECRET = re.compile(r"<code>([A-Z2-7 ]+)</code>")
SIGNED = re.compile(r'name="secret" value="([^"]+)"')


@pytest.fixture(scope="module")
def served(catalogue: None) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BAOCAO_SIGN_IN", "on")
        with serving() as pages:
            environment.setenv("BAOCAO_PAGES_URL", pages.address)
            yield pages


@pytest.fixture(autouse=True)
def accounts(catalogue: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An officer and the province above, at a fixed time; nobody else, and no attempt."""
    monkeypatch.setenv("BAOCAO_NOW", NOW)
    forget_accounts()
    desk.account(OFFICER, "07228")
    desk.account(PROVINCE, "24", "province")
    yield
    forget_accounts()


def forget_accounts() -> None:
    """Once the letters that follow an answer are through: they hold some of these tables and want others."""
    with database.exclusive("mail_receipts"), database.connect() as connection:
        connection.execute("truncate ops.account, ops.sign_in_attempt cascade")


@pytest.fixture
def client(served: Served) -> Client:
    return Client(served.address)


def officer() -> Account:
    with database.connect("loader") as connection:
        found = registry.find(connection, OFFICER)
    assert found is not None
    return found


def is_signed_in(client: Client) -> bool:
    return client.get("/tai-khoan").status_code == 200


def stored_text() -> str:
    """Every row about accounts, as a thief of the database would read it."""
    tables = ("account", "account_invitation", "account_session", "sign_in_attempt", "account_event", "message")
    with database.connect() as connection:
        return "\n".join(str(connection.execute(f"select * from ops.{table}").fetchall()) for table in tables)


# --- invitations ----------------------------------------------------------------------------------


def link_of(letterbox: Letterbox) -> str:
    text = letterbox.letters[-1].get_body(("plain",)).get_content()
    return desk.LINK.search(text)[0].partition("//")[2].partition("/")[2]


def test_an_invitation_opens_once_and_looking_at_it_uses_nothing_up(client, command, letterbox):
    assert command("accounts", "invite", "07210", "moi@example.org").code == 0
    link = f"/{link_of(letterbox)}"

    assert [client.get(link).status_code for _ in range(3)] == [200, 200, 200]
    fields = {"password": PASSWORD, "again": PASSWORD}
    assert client.post(link, fields).status_code == 200
    assert (client.get(link).status_code, client.post(link, fields).status_code) == (404, 404)
    assert client.sign_in("Moi@Example.org ").status_code == 303 and is_signed_in(client)


def test_an_invitation_ends_after_seven_days_and_with_the_next_one(client, command, letterbox, monkeypatch):
    command("accounts", "invite", "07210", "moi@example.org")
    first = f"/{link_of(letterbox)}"
    command("accounts", "reset", "moi@example.org")
    second = f"/{link_of(letterbox)}"

    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    monkeypatch.setenv("BAOCAO_NOW", "2026-11-27T08:59:59+07:00")
    assert client.get(second).status_code == 200
    monkeypatch.setenv("BAOCAO_NOW", "2026-11-27T09:00:00+07:00")
    assert client.get(second).status_code == 404


def test_of_two_who_use_an_invitation_at_the_same_time_one_sets_the_password():
    with database.connect("loader", autocommit=True) as connection:
        token, _ = invitations.create(connection, officer())
        accepted = [invitations.accept(connection, token, PASSWORD, COMMAND) is not None for _ in range(2)]

    assert accepted == [True, False]


def test_an_invitation_that_is_used_while_its_account_is_disabled_opens_nothing_and_stops_nobody():
    with database.connect("loader") as connection:
        token, _ = invitations.create(connection, officer())

    def accept() -> Account | None:
        with database.connect("loader") as other:
            return invitations.accept(other, token, PASSWORD, COMMAND)

    with ThreadPoolExecutor() as pool, database.connect("loader") as connection:
        assert registry.hold(connection, officer())
        accepted = pool.submit(accept)
        time.sleep(1)
        registry.disable(connection, officer(), COMMAND)
        connection.commit()
        assert accepted.result() is None
    assert (officer().state, officer().password_hash) == ("disabled", None)


@pytest.mark.parametrize(
    ("password", "again", "reason"),
    [
        ("ngắn quá", "ngắn quá", "ít nhất 12 ký tự"),
        ("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "lặp lại quá ít ký tự"),
        ("moi07210baocao", "moi07210baocao", "dễ đoán"),
        ("x" * 100 + "abcde" * 10, "x" * 100 + "abcde" * 10, "nhiều nhất 128"),
        (PASSWORD, PASSWORD + "x", "không giống nhau"),
    ],
)
def test_a_password_that_is_none_is_refused_with_the_reason(client, command, letterbox, password, again, reason):
    command("accounts", "invite", "07210", "moi@example.org")
    link = f"/{link_of(letterbox)}"
    client.get(link)

    response = client.post(link, {"password": password, "again": again})
    assert response.status_code == 400 and reason in response.text
    assert client.get(link).status_code == 200


def test_without_a_mail_server_the_link_is_the_operators_to_hand_over(client, command):
    shown = command("accounts", "invite", "07210", "moi@example.org")

    link = desk.LINK.search(shown.out)[0]
    assert (shown.code, desk.LINK.search(shown.err)) == (0, None)
    assert client.http.get(link).status_code == 200


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("invite", "99999", "x@example.org"), "không có đơn vị nào mang mã «99999»"),
        (("invite", "07228", "x@example.org", "--role", "chief"), "Vai trò «chief»"),
        (("invite", "07228", "x@example.org", "--role", "province"), "không phải cấp tỉnh"),
        (("invite", "07228", "x@example.org", "--agency", "XX"), "không có cơ quan «XX»"),
        (("invite", "07228", "not an address"), "không phải là địa chỉ thư"),
        (("invite", "07228", OFFICER), "đã có tài khoản"),
        (("reset", NOBODY), "Không có tài khoản"),
        (("disable", NOBODY), "Không có tài khoản"),
    ],
)
def test_a_wrong_call_of_the_command_says_why(command, arguments, reason):
    outcome = command("accounts", *arguments)

    assert outcome.code == 2 and reason in outcome.err


def test_no_password_token_or_code_is_in_the_database_or_the_log(client, command, letterbox, caplog):
    with caplog.at_level(logging.DEBUG):
        command("accounts", "invite", "07210", "moi@example.org")
        link = f"/{link_of(letterbox)}"
        client.get(link)
        client.post(link, {"password": PASSWORD, "again": PASSWORD})
        client.sign_in("moi@example.org")
        client.sign_in("moi@example.org", "mật khẩu gõ sai")
        Client(client.address).sign_in("mật khẩu gõ nhầm chỗ", PASSWORD)
    secrets = [link.rpartition("/")[2], PASSWORD, "mật khẩu gõ", *client.http.cookies.values(), client.token]

    ours = [
        each.getMessage() for each in caplog.records if each.name.partition(".")[0] in (*OURS, "uvicorn", "fastapi")
    ]
    text = stored_text() + "\n".join(ours)
    assert len(secrets) >= 5 and "moi@example.org" in text
    assert [secret for secret in secrets if secret in text] == []


# --- signing in -----------------------------------------------------------------------------------


def test_a_wrong_address_and_a_wrong_password_get_the_same_answer(served):
    answers = []
    for email, password in ((OFFICER, "sai mật khẩu rồi"), (NOBODY, PASSWORD), (NOBODY, "")):
        client = Client(served.address)
        response = client.sign_in(email, password)
        answers.append((response.status_code, response.text.replace(email, "").replace(client.token, "")))

    assert answers[0][0] == 401 and "chưa đúng" in answers[0][1]
    plain = {re.sub(r'name="form_token" value="[^"]+"', "", text) for _, text in answers}
    assert len(plain) == 1 and {status for status, _ in answers} == {401}


def test_an_address_without_an_account_costs_the_same_work(monkeypatch):
    verified = []
    hasher = type(passwords._hasher)
    of_library = hasher.verify

    def noted(self, stored: str, password: str) -> bool:
        verified.append(stored.rpartition("$")[0].rpartition("$")[0])
        return of_library(self, stored, password)

    monkeypatch.setattr(hasher, "verify", noted)
    with database.connect("loader", autocommit=True) as connection:
        for email in (OFFICER, NOBODY):
            assert signing_in.sign_in(connection, email, "sai mật khẩu rồi", "", "192.0.2.1") == "wrong"

    assert verified == ["$argon2id$v=19$m=19456,t=2,p=1"] * 2


def test_a_password_hashed_with_earlier_parameters_is_hashed_anew_at_the_next_sign_in(client):
    earlier = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    with database.connect() as connection:
        connection.execute("update ops.account set password_hash = %s where email = %s", [earlier, OFFICER])
    assert client.sign_in(OFFICER, "sai mật khẩu rồi").status_code == 401
    assert officer().password_hash == earlier
    assert client.sign_in(OFFICER).status_code == 303
    renewed = officer().password_hash
    assert renewed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert client.sign_in(OFFICER).status_code == 303 and officer().password_hash == renewed


@pytest.mark.parametrize("email", [OFFICER, NOBODY])
def test_after_five_failures_the_right_password_is_not_even_looked_at(served, monkeypatch, email):
    client = Client(served.address)
    statuses = [client.sign_in(email, f"sai mật khẩu {n}").status_code for n in range(attempts.PER_ACCOUNT)]
    locked = client.sign_in(email.upper())

    assert statuses == [401] * 5 and locked.status_code == 429
    assert "Xin đợi 15 phút" in locked.text
    monkeypatch.setenv("BAOCAO_NOW", "2026-11-20T09:14:59+07:00")
    assert client.sign_in(email).status_code == 429
    monkeypatch.setenv("BAOCAO_NOW", "2026-11-20T09:15:00+07:00")
    assert client.sign_in(email).status_code == (303 if email == OFFICER else 401)


def test_a_success_starts_the_count_anew(client):
    for _ in range(3):
        for n in range(attempts.PER_ACCOUNT - 1):
            assert client.sign_in(OFFICER, f"sai mật khẩu {n}").status_code == 401
        assert client.sign_in(OFFICER).status_code == 303


def test_many_attempts_at_once_are_counted_one_by_one():
    def attempt(n: int) -> object:
        with database.connect("loader", autocommit=True) as connection:
            return signing_in.sign_in(connection, OFFICER, f"sai mật khẩu {n}", "", "192.0.2.1")

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(24)))
    assert outcomes.count("wrong") == attempts.PER_ACCOUNT and outcomes.count("too_many") == 24 - attempts.PER_ACCOUNT


def test_one_network_address_cannot_try_a_password_on_every_account():
    with database.connect("loader", autocommit=True) as connection:
        tried = [
            signing_in.sign_in(connection, f"{n}@example.org", "mùa xuân 2026!", "", "192.0.2.1")
            for n in range(attempts.PER_ADDRESS + 1)
        ]
        elsewhere = signing_in.sign_in(connection, OFFICER, PASSWORD, "", "192.0.2.2")

    assert tried == ["wrong"] * attempts.PER_ADDRESS + ["too_many"]
    assert isinstance(elsewhere, signing_in.SignedIn)


# --- sessions -------------------------------------------------------------------------------------


def test_the_cookie_is_the_servers_alone_and_each_sign_in_has_a_new_one(client):
    first = client.sign_in(OFFICER).headers["set-cookie"]
    old = client.http.cookies["baocao-session"]
    client.get("/tai-khoan")
    client.post("/dang-nhap", {"email": OFFICER, "password": PASSWORD})
    new = client.http.cookies["baocao-session"]

    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(first.split("; ")) and "Secure" not in first
    assert old != new and len(old) == 43
    other = Client(client.address)
    other.http.cookies.set("baocao-session", old)
    assert not is_signed_in(other) and is_signed_in(client)


def test_with_tls_the_cookie_is_bound_to_the_host(monkeypatch):
    monkeypatch.setenv("BAOCAO_PAGES_URL", "https://baocao.example.vn")
    response = Response()
    cookies.put(response, cookies.SESSION, "token")

    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-baocao-session=token;") and "; Secure" in cookie and "Domain" not in cookie


@pytest.mark.parametrize(
    ("steps", "is_open"),
    [
        (["09:29:59"], True),
        (["09:30:00"], False),
        (["09:20:00", "09:45:00", "10:10:00"], True),
        ([f"{hour:02}:{minute:02}:00" for hour in range(9, 21) for minute in (0, 25, 50)] + ["20:59:59"], True),
        ([f"{hour:02}:{minute:02}:00" for hour in range(9, 21) for minute in (0, 25, 50)] + ["21:00:00"], False),
    ],
)
def test_a_session_ends_half_an_hour_after_its_last_use_and_twelve_hours_after_its_first(steps, is_open):
    """Every step is a use; the last one is what counts."""
    with clock.at(NOW), database.connect("loader") as connection:
        token = sessions.begin(connection, officer(), "192.0.2.1")
    found = None
    for step in steps:
        with clock.at(f"2026-11-20T{step}+07:00"), database.connect("loader") as connection:
            found = sessions.use(connection, token)
    assert (found is not None) == is_open


def test_a_new_password_ends_all_other_sessions(served):
    here, elsewhere = Client(served.address), Client(served.address)
    here.sign_in(OFFICER)
    elsewhere.sign_in(OFFICER)
    new = {"password": "năm con cá vàng bơi", "again": "năm con cá vàng bơi"}

    assert here.post("/tai-khoan/mat-khau", {"current": "sai mật khẩu", **new}).status_code == 400
    assert is_signed_in(elsewhere)
    assert here.post("/tai-khoan/mat-khau", {"current": PASSWORD, **new}).status_code == 303
    assert is_signed_in(here) and not is_signed_in(elsewhere)
    assert elsewhere.sign_in(OFFICER).status_code == 401
    assert elsewhere.sign_in(OFFICER, "năm con cá vàng bơi").status_code == 303


def test_a_disabled_account_is_out_at_once_and_a_new_invitation_brings_it_back(client, command, letterbox):
    client.sign_in(OFFICER)
    assert command("accounts", "disable", OFFICER).code == 0

    assert not is_signed_in(client) and client.sign_in(OFFICER).status_code == 401
    command("accounts", "reset", OFFICER)
    link = f"/{link_of(letterbox)}"
    client.get(link)
    client.post(link, {"password": PASSWORD, "again": PASSWORD})
    assert client.sign_in(OFFICER).status_code == 303


def test_who_forgot_the_password_is_invited_again_by_the_province(served, letterbox):
    lost, province = Client(served.address), Client(served.address)
    lost.sign_in(OFFICER)
    province.sign_in(PROVINCE)
    province.get("/tai-khoan-don-vi")
    done = province.post("/tai-khoan-don-vi/gui-lai", {"email": OFFICER})

    assert (done.status_code, letterbox.recipients) == (303, [[OFFICER]])
    assert not is_signed_in(lost) and lost.sign_in(OFFICER).status_code == 401
    assert "không còn dùng được" in letterbox.letters[0].get_body(("plain",)).get_content()
    link = f"/{link_of(letterbox)}"
    lost.get(link)
    lost.post(link, {"password": "sáu con cá vàng bơi", "again": "sáu con cá vàng bơi"})
    assert lost.sign_in(OFFICER, "sáu con cá vàng bơi").status_code == 303
    with database.connect() as connection:
        (event,) = connection.execute(
            "select actor.email, event.address from ops.account_event as event "
            "join ops.account as actor on actor.account_id = event.actor_id where kind = 'reset'"
        ).fetchall()
    assert event == (PROVINCE, "127.0.0.1")


def disable(connection: psycopg.Connection, account: Account) -> None:
    registry.disable(connection, account, COMMAND)


UNDER_WAY = {
    "/dang-nhap": {"email": OFFICER, "password": PASSWORD, "code": ""},
    "/tai-khoan/mat-khau": {"current": PASSWORD, "password": "sáu con cá vàng bơi", "again": "sáu con cá vàng bơi"},
    "/tai-khoan/xac-thuc": {"current": PASSWORD},
    "/tai-khoan/tat-xac-thuc": {"current": PASSWORD},
}


@pytest.mark.parametrize("end", [invitations.create, disable])
@pytest.mark.parametrize("path", UNDER_WAY)
def test_what_was_under_way_as_an_account_ended_leaves_nothing_to_who_knew_its_password(served, monkeypatch, path, end):
    client = Client(served.address)
    client.sign_in(OFFICER)
    page = client.get("/tai-khoan/xac-thuc").text
    secret = SECRET.search(page)[1].replace(" ", "")
    fields = {"secret": SIGNED.search(page)[1], "code": code(secret)} | UNDER_WAY[path]
    settle = attempts.settle

    def ended(connection: psycopg.Connection, attempt: int, outcome: str) -> None:
        """The password was right, and then the account ends."""
        settle(connection, attempt, outcome)
        with database.connect("loader") as other:
            end(other, officer())

    monkeypatch.setattr(attempts, "settle", ended)
    assert client.post(path, fields).status_code in (401, 403)
    assert (officer().password_hash, officer().totp_secret) == (None, None)
    with database.connect() as connection:
        open_sessions = "select count(*) from ops.account_session where account_id = %s and ended_at is null"
        assert connection.execute(open_sessions, [officer().account_id]).fetchone() == (0,)


def test_who_waited_for_a_turn_and_was_disabled_meanwhile_decides_nothing():
    account = officer()
    with database.connect("loader") as connection:
        disable(connection, account)
    for decide in (
        lambda: approving.decide_on_page(account, uuid4(), "counting", "approved", "", None),
        lambda: contact_changes.replace(account, "tep.csv", b"", ""),
        lambda: catalogue_decisions.decide(lambda connection: [], "", account),
    ):
        with pytest.raises(WrongCall, match="đã bị khóa hoặc đã đổi"):
            decide()


# --- the second factor ----------------------------------------------------------------------------


def switch_on(client: Client) -> str:
    """Returns the secret."""
    page = client.get("/tai-khoan/xac-thuc").text
    secret = SECRET.search(page)[1].replace(" ", "")
    fields = {"secret": SIGNED.search(page)[1], "code": code(secret), "current": PASSWORD}
    assert client.post("/tai-khoan/xac-thuc", fields).status_code == 303
    return secret


def code(secret: str) -> str:
    return pyotp.TOTP(secret).at(clock.now())


def test_with_the_second_factor_a_password_alone_opens_nothing_and_a_code_opens_once(served, monkeypatch):
    client = Client(served.address)
    client.sign_in(OFFICER)
    secret = switch_on(client)
    assert client.sign_in(OFFICER, code=code(secret)).status_code == 401, "the code that switched it on is taken"

    monkeypatch.setenv("BAOCAO_NOW", "2026-11-20T10:00:00+07:00")
    now = code(secret)
    assert client.sign_in(OFFICER).status_code == 401
    assert client.sign_in(OFFICER, code=f"{(int(now) + 1) % 1000000:06}").status_code == 401
    assert client.sign_in(OFFICER, code=f" {now[:3]} {now[3:]}").status_code == 303
    assert Client(served.address).sign_in(OFFICER, code=now).status_code == 401
    monkeypatch.setenv("BAOCAO_NOW", "2026-11-20T10:00:30+07:00")
    assert client.sign_in(OFFICER, code=code(secret)).status_code == 303
    assert client.post("/tai-khoan/tat-xac-thuc", {"current": PASSWORD}).status_code == 303
    assert client.sign_in(OFFICER).status_code == 303
    kinds = desk.events_of(OFFICER)
    assert kinds.count("second_factor_on") == kinds.count("second_factor_off") == 1


def test_a_secret_that_the_server_did_not_make_for_this_account_is_refused(served):
    client, other = Client(served.address), Client(served.address)
    client.sign_in(OFFICER)
    other.sign_in(PROVINCE)
    secret = pyotp.random_base32()
    signed = SIGNED.search(other.get("/tai-khoan/xac-thuc").text)[1]
    for given in (secret, signed):
        fields = {"secret": given, "code": code(secret), "current": PASSWORD}
        assert client.post("/tai-khoan/xac-thuc", fields).status_code == 403
    assert officer().totp_secret is None


# --- the audit trail ------------------------------------------------------------------------------


def test_nobody_who_serves_the_pages_can_change_the_audit_trail():
    for statement in ("update ops.account_event set kind = 'signed_out'", "delete from ops.account_event"):
        with database.connect("loader") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)


def test_the_audit_trail_names_who_did_what_from_where(client):
    client.sign_in(OFFICER, "sai mật khẩu rồi")
    client.sign_in(OFFICER)
    page = client.get("/tai-khoan").text
    client.post("/dang-xuat")

    assert desk.events_of(OFFICER)[-3:] == ["sign_in_failed", "signed_in", "signed_out"]
    assert "đăng nhập sai" in page and "127.0.0.1" in page


# --- the server -----------------------------------------------------------------------------------


def test_a_token_is_known_by_its_hash_and_has_256_bits():
    made = {tokens.new() for _ in range(100)}

    assert len(made) == 100 and {len(token) for token in made} == {43}
    assert all(len(tokens.digest(token)) == 32 for token in made)


@pytest.mark.parametrize(
    ("sign_in", "url", "reason"),
    [
        ("off", "https://baocao.example.vn", "BAOCAO_SIGN_IN=on"),
        ("on", "http://127.0.0.1:8090", "BAOCAO_PAGES_URL"),
        ("on", "http://baocao.example.vn", "must be https://"),
        ("on", "https://baocao.example.vn/pages", "must be https:// and a host"),
        ("yes", "https://baocao.example.vn", "BAOCAO_SIGN_IN"),
    ],
)
def test_another_address_is_served_only_with_sign_in_and_behind_tls(command, monkeypatch, sign_in, url, reason):
    with monkeypatch.context() as environment:
        environment.setenv("BAOCAO_SIGN_IN", sign_in)
        environment.setenv("BAOCAO_PAGES_URL", url)
        outcome = command("serve", "--host", "0.0.0.0")

    assert outcome.code == 2 and reason in outcome.err


def test_without_sign_in_the_pages_are_read_as_before_and_the_desk_is_closed(client, monkeypatch):
    monkeypatch.setenv("BAOCAO_SIGN_IN", "off")

    assert client.get("/").headers["location"] == "/sang-nay"
    for path in ("/bao-cao-cua-toi", "/dang-nhap", "/tai-khoan", "/tai-khoan-don-vi", "/loi-moi/x"):
        response = client.get(path)
        assert response.status_code == 404 and "BAOCAO_SIGN_IN=on" in response.text, path
        assert client.post(path).status_code == 404


def test_a_body_that_is_too_large_or_of_unknown_size_is_refused_before_it_is_read(client):
    client.sign_in(OFFICER)
    headers = {"Origin": client.address}
    chunked = client.http.post("/bao-cao-cua-toi/nop", content=iter([b"x"]), headers=headers)
    server = HTTPConnection(urlsplit(client.address).netloc)
    server.putrequest("POST", "/bao-cao-cua-toi/nop")
    for name, value in (headers | {"Content-Length": str(61 * 2**20)}).items():
        server.putheader(name, value)
    server.endheaders()  # and not one byte of the body

    assert (chunked.status_code, server.getresponse().status) == (413, 413)
    server.close()


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [("/don-vi?unit=%00", None, 400), ("/don-vi?%00=1", None, 400), ("/loi-moi/%00", None, 400), ("/", "[::1", 421)],
)
def test_an_address_that_is_none_is_no_fault_of_the_server(client, path, host, status):
    client.sign_in(PROVINCE)
    assert client.http.get(path, headers={"Host": host} if host else {}).status_code == status
    assert client.sign_in("can-bo\x00@example.org").status_code == 401
