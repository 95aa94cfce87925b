"""What the holder of an account sees and ends, what a day may bring, and what is deleted after a time."""

import re
from collections.abc import Iterator

import pytest

from accounts import registry, retention, sessions
from pipeline import erasing, expiring, uploads
from tests.integration import desk
from tests.integration.desk import PASSWORD, Client
from tests.integration.served import Served, serving
from tests.integration.test_signing_in import forget_accounts, is_signed_in
from warehouse import clock, database

OFFICER, OTHER = "da-mai@example.org", "tinh@example.org"
NOW = "2026-11-20T09:00:00+07:00"
BUTTON = re.compile(r'<button class="plain" name="session" value="(\d+)"')
LINES = "programme;period;unit_code;indicator;numerator;denominator\nbacninh-2026-2030;2026;{};5.1;{};300\n"


@pytest.fixture(scope="module")
def served(catalogue: None) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BAOCAO_SIGN_IN", "on")
        with serving() as pages:
            environment.setenv("BAOCAO_PAGES_URL", pages.address)
            yield pages


@pytest.fixture(autouse=True)
def accounts(nothing_arrived: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("BAOCAO_NOW", NOW)
    forget_accounts()
    desk.account(OFFICER, "07228")
    desk.account(OTHER, "24", "province")
    yield
    forget_accounts()


def signed_in(served: Served, email: str) -> Client:
    client = Client(served.address)
    assert client.sign_in(email).status_code == 303
    return client


def account(email: str = OFFICER) -> registry.Account:
    with database.connect("loader") as connection:
        found = registry.find(connection, email)
    assert found is not None
    return found


def count(table: str) -> int:
    with database.connect() as connection:
        return connection.execute(f"select count(*) from ops.{table}").fetchone()[0]


# --- sessions -------------------------------------------------------------------------------------


def test_open_sessions_are_listed_with_their_times_and_the_network_address(served, monkeypatch):
    here = signed_in(served, OFFICER)
    assert "Chỉ có phiên này" in here.get("/tai-khoan").text
    monkeypatch.setenv("BAOCAO_NOW", "2026-11-20T09:10:00+07:00")
    signed_in(served, OFFICER)
    with database.connect("loader") as connection:
        sessions.begin(connection, account(), "192.0.2.44")
    monkeypatch.setenv("BAOCAO_NOW", "2026-11-20T09:25:00+07:00")
    page = here.get("/tai-khoan").text

    assert len(BUTTON.findall(page)) == 2 and page.count("phiên này</td>") == 1
    assert "192.0.2.44" in page and "09:10 ngày 20/11/2026" in page
    monkeypatch.setenv("BAOCAO_NOW", "2026-11-20T09:45:00+07:00")
    assert BUTTON.findall(here.get("/tai-khoan").text) == [], "idle for half an hour"


def test_one_session_is_ended_with_the_password_and_the_others_stay(served):
    here, one, two = (signed_in(served, OFFICER) for _ in range(3))
    newest, _ = BUTTON.findall(here.get("/tai-khoan").text)

    assert here.post("/tai-khoan/phien", {"session": newest, "current": "sai mật khẩu rồi"}).status_code == 400
    assert is_signed_in(two)
    assert here.post("/tai-khoan/phien", {"session": newest, "current": PASSWORD}).status_code == 303
    assert is_signed_in(here) and is_signed_in(one) and not is_signed_in(two)
    assert desk.events_of(OFFICER)[-1] == "session_ended"


def test_all_other_sessions_are_ended_at_once(served):
    here, one, two = (signed_in(served, OFFICER) for _ in range(3))
    others = signed_in(served, OTHER)

    assert here.post("/tai-khoan/phien", {"session": "others", "current": PASSWORD}).status_code == 303
    assert [is_signed_in(client) for client in (here, one, two, others)] == [True, False, False, True]


def test_nobody_ends_the_session_of_another_account(served):
    here, second = signed_in(served, OFFICER), signed_in(served, OFFICER)
    (number,) = BUTTON.findall(here.get("/tai-khoan").text)
    thief = signed_in(served, OTHER)
    for chosen in (number, "", "x", "1 or true", "9" * 40):
        assert thief.post("/tai-khoan/phien", {"session": chosen, "current": PASSWORD}).status_code == 303

    assert is_signed_in(here) and is_signed_in(second) and "session_ended" not in desk.events_of(OTHER)


def test_who_has_no_password_ends_sessions_without_one(served):
    here, second = signed_in(served, OFFICER), signed_in(served, OFFICER)
    with database.connect() as connection:
        connection.execute(
            "update ops.account set password_hash = null, oidc_issuer = 'https://id', oidc_subject = 's' "
            "where email = %s",
            [OFFICER],
        )
    here.get("/tai-khoan")
    assert here.post("/tai-khoan/phien", {"session": "others"}).status_code == 303
    assert is_signed_in(here) and not is_signed_in(second)


# --- what is kept ---------------------------------------------------------------------------------


def test_the_page_says_what_is_kept_why_how_long_and_whom_to_ask(served):
    client = signed_in(served, OFFICER)
    vietnamese, english = client.get("/tai-khoan").text, client.get("/tai-khoan", lang="en").text

    for text in ("Những gì được lưu về tài khoản", "Xóa sau 90 ngày", "Không xóa", "liên hệ đơn vị cấp trên"):
        assert text in vietnamese
    assert "Deleted after 90 days" in english and "the level above, or the operator" in english


def test_attempts_and_ended_sessions_are_deleted_after_a_time_and_events_stay(served, command):
    client = signed_in(served, OFFICER)
    client.post("/dang-xuat")
    signed_in(served, OTHER)
    before = {table: count(table) for table in ("sign_in_attempt", "account_session", "account_invitation")}
    kept = count("account_event")
    assert before == {"sign_in_attempt": 2, "account_session": 2, "account_invitation": 2}

    over = clock.now() + retention.KEPT_FOR
    with clock.at(over.replace(minute=59, hour=8)):
        assert expiring.expire() == (0, 0)
    with clock.at(over):
        assert expiring.expire().sign_in_records == 5  # attempts, the session that was ended, invitations
    assert {table: count(table) for table in before} == {
        "sign_in_attempt": 0,
        "account_session": 1,
        "account_invitation": 0,
    }
    assert count("account_event") == kept and account().last_signed_in_at == clock.now()
    outcome = command("personal-data", "expire", "--json")
    assert outcome.code == 0 and '"sign_in_records": 0' in outcome.out


def test_a_file_that_cannot_be_deleted_keeps_no_record_of_a_sign_in(served, monkeypatch):
    signed_in(served, OFFICER)

    def fail() -> int:
        raise OSError("read-only")

    monkeypatch.setattr(erasing, "expire", fail)
    with clock.at(clock.now() + 2 * retention.KEPT_FOR), pytest.raises(OSError):
        expiring.expire()
    assert count("sign_in_attempt") == count("account_session") == 0


# --- a day's uploads ------------------------------------------------------------------------------


def hand_in(numerator: int, email: str = OFFICER, unit: str = "07228") -> str:
    """What became of one more file."""
    content = LINES.format(unit, numerator).encode()
    upload = uploads.receive(account(email), f"bao cao {numerator}.csv", content, "192.0.2.7")
    with database.connect() as connection:
        return connection.execute("select status from ops.upload where upload_id = %s", [upload]).fetchone()[0]


def test_what_is_beyond_the_days_uploads_is_refused_before_it_is_read_and_taken_on_the_next_day(served, monkeypatch):
    monkeypatch.setenv("BAOCAO_UPLOADS_A_DAY", "2")
    assert [hand_in(numerator) for numerator in (280, 281, 282)] == ["received", "received", "refused"]
    assert count("submission_origin") == 2 and desk.events_of(OFFICER)[-1] == "upload_limited"

    client = signed_in(served, OFFICER)
    client.get("/bao-cao-cua-toi")
    answer = client.post("/bao-cao-cua-toi/nop", files=[("nua.csv", LINES.format("07228", 283).encode())])
    page = client.get(answer.headers["location"])
    assert "đã nộp 2 tệp, là giới hạn của một ngày" in page.text and "192.0.2.7" not in page.text
    uploads.retract(account(), "bacninh-2026-2030", "2026", "nộp nhầm", "192.0.2.7")
    assert "retracted" not in desk.events_of(OFFICER)
    assert hand_in(284, OTHER, "24") == "received", "another account has a count of its own"

    monkeypatch.setenv("BAOCAO_NOW", "2026-11-20T23:59:59+07:00")
    assert hand_in(285) == "refused"
    monkeypatch.setenv("BAOCAO_NOW", "2026-11-21T00:00:00+07:00")
    assert hand_in(286) == "received"
