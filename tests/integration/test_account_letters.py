"""The holder of an account is notified by letter of what was changed: once, whether the mail server is up or not."""

from collections.abc import Iterator

import pyotp
import pytest

from accounts import registry, signing_in
from alerts.account_change import CHANGES
from alerts.channels.base import Unreachable
from pages.signing_in.terms import EVENTS
from pipeline import mailing
from tests.integration import desk
from tests.integration.desk import PASSWORD, Client
from tests.integration.letterbox import Letterbox, free_port, listening
from tests.integration.served import Served, serving
from tests.integration.test_signing_in import code, forget_accounts, link_of, switch_on
from tests.waiting import wait_for
from warehouse import database

OFFICER, PROVINCE = "da-mai@example.org", "tinh@example.org"
NOW = "2026-11-20T09:00:00+07:00"
NEW = "năm con cá vàng bơi"


@pytest.fixture(scope="module")
def served(catalogue: None) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BAOCAO_SIGN_IN", "on")
        with serving() as pages:
            environment.setenv("BAOCAO_PAGES_URL", pages.address)
            yield pages


@pytest.fixture(autouse=True)
def accounts(nobody_notified: None, nothing_arrived: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("BAOCAO_NOW", NOW)
    forget_accounts()
    desk.account(OFFICER, "07228")
    desk.account(PROVINCE, "24", "province")
    yield
    forget_accounts()


@pytest.fixture
def client(served: Served) -> Client:
    return Client(served.address)


@pytest.fixture
def mail_server(monkeypatch: pytest.MonkeyPatch) -> int:
    """The port of one that is down until a test starts it."""
    port = free_port()
    monkeypatch.setenv("BAOCAO_SMTP_URL", f"smtp://127.0.0.1:{port}?from=baocao@example.org")
    return port


def texts(letterbox: Letterbox) -> list[str]:
    return [letter.get_body(("plain",)).get_content() for letter in letterbox.letters]


def ledger() -> list[tuple[str, str]]:
    with database.connect() as connection:
        return connection.execute(
            "select event.kind, ledger.status from ops.account_ledger as ledger "
            "join ops.account_event as event using (event_id) order by ledger_id"
        ).fetchall()


def change_password(client: Client) -> int:
    fields = {"current": PASSWORD, "password": NEW, "again": NEW}
    return client.post("/tai-khoan/mat-khau", fields).status_code


def test_a_new_password_brings_one_letter_that_says_when_from_where_and_whom_to_tell(client, letterbox):
    client.sign_in(OFFICER)
    assert change_password(client) == 303
    wait_for(lambda: ledger() == [("password_changed", "sent")], "the letter does not follow")
    mailing.mail_receipts()

    (text,) = texts(letterbox)
    (letter,) = letterbox.letters
    assert letterbox.recipients == [[OFFICER]] and letter["subject"] == "Tài khoản trên trang báo cáo: đổi mật khẩu"
    assert "09:00 ngày 20/11/2026: đổi mật khẩu (từ địa chỉ mạng 127.0.0.1)." in text
    assert "Bắc Ninh (đơn vị cấp trên)" in text
    with database.connect() as connection:
        (recorded,) = connection.execute("select content from ops.audit_entry where kind = 'account_letter'").fetchone()
    assert recorded["message_id"] in letter["Message-ID"]
    assert "http" not in letter.as_string() and "href" not in letter.as_string() and NEW not in text


def test_the_second_factor_brings_a_letter_when_it_is_set_and_when_it_is_removed(client, letterbox):
    client.sign_in(PROVINCE)
    secret = switch_on(client)
    wait_for(lambda: len(letterbox.letters) == 1, "the letter does not follow")
    assert client.post("/tai-khoan/tat-xac-thuc", {"current": PASSWORD}).status_code == 303
    wait_for(
        lambda: ledger() == [("second_factor_on", "sent"), ("second_factor_off", "sent")], "the letter does not follow"
    )

    on, off = texts(letterbox)
    assert "bật xác thực hai bước" in on and "tắt xác thực hai bước" in off and secret not in on
    assert "báo ngay người vận hành hệ thống báo cáo" in off


def test_recovery_brings_a_letter_and_the_first_invitation_none(client, command, letterbox):
    command("accounts", "reset", OFFICER)
    link = f"/{link_of(letterbox)}"
    client.get(link)
    assert client.post(link, {"password": NEW, "again": NEW}).status_code == 200
    wait_for(lambda: ledger() == [("invitation_accepted", "sent")], "the letter does not follow")

    invitation, letter = texts(letterbox)
    assert "đặt lại mật khẩu theo thư mời mới" in letter and link in invitation and link not in letter


def test_a_code_that_is_used_again_is_refused_like_any_other_and_its_holder_is_notified(
    served, client, letterbox, monkeypatch
):
    client.sign_in(OFFICER)
    secret = switch_on(client)
    wait_for(lambda: len(letterbox.letters) == 1, "the letter does not follow")
    monkeypatch.setenv("BAOCAO_NOW", "2026-11-20T10:00:00+07:00")
    now, before = code(secret), pyotp.TOTP(secret).at(1795143570)
    assert Client(served.address).sign_in(OFFICER, code=now).status_code == 303

    thief = Client(served.address)
    wrong, earlier, unknown, again = (
        thief.sign_in(OFFICER, *given)
        for given in (
            (PASSWORD, f"{(int(now) + 1) % 1000000:06}"),
            (PASSWORD, before),
            ("sai mật khẩu rồi", now),
            (PASSWORD, now),
        )
    )
    assert {response.status_code for response in (wrong, earlier, unknown, again)} == {401}
    pages = {desk.TOKEN.sub("", response.text) for response in (wrong, earlier, unknown, again)}
    assert len(pages) == 1 and "chưa đúng" in again.text
    wait_for(lambda: ledger()[1:] == [("code_reused", "sent")], "the letter does not follow")
    assert "10:00 ngày 20/11/2026" in texts(letterbox)[1] and "hai lần liền" in texts(letterbox)[1]
    assert desk.events_of(OFFICER)[-4:] == ["sign_in_failed", "sign_in_failed", "sign_in_failed", "code_reused"]
    assert now not in texts(letterbox)[1]


def test_a_mail_server_that_is_down_stops_no_change_and_loses_no_letter(client, mail_server, command):
    client.sign_in(OFFICER)
    assert change_password(client) == 303
    switched = Client(client.address)
    assert switched.sign_in(OFFICER, NEW).status_code == 303
    wait_for(lambda: ledger() == [("password_changed", "planned")], "the letter does not follow")
    with pytest.raises(Unreachable):
        mailing.mail_receipts()

    box = Letterbox()
    with listening(box, mail_server):
        mailing.mail_receipts()
        mailing.mail_receipts()
    assert box.recipients == [[OFFICER]] and ledger() == [("password_changed", "sent")]
    listed = command("alerts", "list", "--json").out
    assert '"stage": "account_password_changed"' in listed and OFFICER not in listed
    assert "account_password_" in command("alerts", "list").out


def test_what_changed_while_there_was_no_mail_server_is_one_letter_and_the_next_change_another(client, monkeypatch):
    client.sign_in(OFFICER)
    assert change_password(client) == 303
    with pytest.MonkeyPatch.context() as earlier:
        earlier.setenv("BAOCAO_NOW", "2026-11-20T09:30:00+07:00")
        client.sign_in(OFFICER, NEW)
        page = client.get("/tai-khoan/xac-thuc")
        assert page.status_code == 200 and ledger() == []
        with database.connect("loader", autocommit=True) as connection:
            signing_in.set_second_factor(connection, registry.find(connection, OFFICER), None, None, "192.0.2.7")
    box = Letterbox()
    with listening(box, free_port()) as url:
        monkeypatch.setenv("BAOCAO_NOW", "2026-11-21T07:00:00+07:00")
        monkeypatch.setenv("BAOCAO_SMTP_URL", url)
        mailing.mail_receipts()
        mailing.mail_receipts()

    (text,) = texts(box)
    assert text.index("09:00 ngày 20/11/2026: đổi mật khẩu") < text.index(
        "09:30 ngày 20/11/2026: tắt xác thực hai bước"
    )
    assert "192.0.2.7" in text and box.letters[0]["subject"].endswith("2 việc")


def test_what_is_older_than_five_days_is_no_news(client, letterbox, monkeypatch):
    with database.connect("loader", autocommit=True) as connection:
        signing_in.set_second_factor(connection, registry.find(connection, OFFICER), None, None, "192.0.2.7")
    monkeypatch.setenv("BAOCAO_NOW", "2026-11-25T09:00:00+07:00")
    mailing.mail_receipts()
    assert letterbox.letters == [] and ledger() == []


def test_an_address_that_is_refused_for_good_is_tried_again_on_request(client, letterbox):
    letterbox.refuses.add(OFFICER)
    client.sign_in(OFFICER)
    assert change_password(client) == 303
    wait_for(lambda: ledger() == [("password_changed", "failed")], "the letter does not follow")
    letterbox.refuses.clear()
    mailing.mail_receipts()
    assert letterbox.letters == []
    mailing.mail_receipts(retry_failed=True)
    assert ledger() == [("password_changed", "sent")] and len(letterbox.letters) == 1


def test_no_report_can_be_handed_in_by_answering_such_a_letter(client, letterbox, monkeypatch, tmp_path):
    monkeypatch.setenv("BAOCAO_MAILBOX_URL", f"maildir:{tmp_path / 'mails'}")
    monkeypatch.setenv("BAOCAO_MAILBOX_ADDRESS", "bao-cao@example.org")
    client.sign_in(OFFICER)
    assert change_password(client) == 303
    wait_for(lambda: ledger() == [("password_changed", "sent")], "the letter does not follow")
    (letter,) = letterbox.letters
    assert letter["reply-to"] is None
    with database.connect() as connection:
        assert connection.execute("select takes_replies from ops.message where kind = 'account'").fetchall() == [
            (False,)
        ]


def test_every_change_has_a_name_on_the_page_too():
    assert set(CHANGES) <= set(EVENTS)
