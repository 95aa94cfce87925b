"""Channels that fail: tried again over days, then failed for all to see, and nobody else waits for them."""

import json
import logging
from collections.abc import Iterator

import psycopg
import pytest

from alerts import delivery
from alerts.channels import backoff
from alerts.channels.base import Unreachable
from alerts.ledger import retries
from tests.integration.chatroom import Chatroom, serving
from tests.integration.letterbox import free_port
from tests.integration.reminded import AFTER, DA_MAI, VO_CUONG, contact, remind, statuses
from warehouse import clock

KINH_BAC = "09187"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "WAIT_SECONDS", 0.001)


@pytest.fixture
def room() -> Iterator[tuple[Chatroom, str]]:
    found = Chatroom()
    with serving(found) as host:
        yield found, host


def hook(session: psycopg.Connection, unit: str, address: str, role: str = "reporter") -> None:
    session.execute("insert into ops.contact (unit_code, role, webhook) values (%s, %s, %s)", [unit, role, address])


def remind_in_vain(moment: str) -> None:
    with pytest.raises(Unreachable):
        remind(moment)


def failures(session: psycopg.Connection) -> list[tuple]:
    """Unit, stage, days and error of what has failed."""
    return session.execute(
        "select unit_code, stage, unanswered_days, last_error from ops.alert_ledger where status = 'failed' order by 1"
    ).fetchall()


def in_vain(session: psycopg.Connection) -> list[int]:
    """On how many days each alert that waits was tried."""
    rows = session.execute("select unanswered_days from ops.alert_ledger where status = 'planned' order by ledger_id")
    return [days for (days,) in rows.fetchall()]


def nearly_given_up(session: psycopg.Connection) -> None:
    """What waits has waited for all but the last day."""
    session.execute("update ops.alert_ledger set unanswered_days = %s where status = 'planned'", [retries.DAYS - 1])


def on(day: int, hour: int = 7) -> str:
    """An hour of a day of December 2026; the deadline's stages are over by the 8th."""
    return f"2026-12-{day:02}T{hour:02}:00:00+07:00"


def test_an_alert_is_failed_after_five_days_without_an_answer_and_the_step_goes_on(season, monkeypatch, command):
    contact(season, DA_MAI, "da-mai@example.org")
    monkeypatch.setenv("BAOCAO_SMTP_URL", f"smtp://127.0.0.1:{free_port()}")
    remind_in_vain(on(1))
    remind_in_vain(on(1, hour=9))
    remind_in_vain(on(2))
    assert in_vain(season) == [2]
    nearly_given_up(season)
    done = remind(on(5))
    assert (done.given_up, done.waiting, done.failed) == (1, 0, 1)
    ((unit, stage, days, error),) = failures(season)
    assert (unit, stage, days) == (DA_MAI, "missing", 5)
    assert "Connection refused" in error
    assert remind(on(6)).failed == 0
    listed = command("alerts", "list", "--status", "failed").out
    assert listed.splitlines()[-1] == f"1 failed, email: {error}"
    (row,) = json.loads(command("alerts", "list", "--status", "failed", "--json").out)
    assert (row["status"], row["last_error"], row["unanswered_days"]) == ("failed", error, 5)


def test_failed_alerts_are_sent_once_more_when_asked_for_and_only_where_they_hold(season, letterbox):
    for unit in (DA_MAI, VO_CUONG):
        contact(season, unit, f"{unit}@example.org")
    letterbox.refuses = {f"{DA_MAI}@example.org", f"{VO_CUONG}@example.org"}
    assert remind(on(1)).failed == 2
    letterbox.refuses = set()
    assert remind(on(2)).sent == 0
    season.execute("insert into ops.period_closing values ('bacninh-2026-2030', '2026', '2026-12-02 12:00+07', 'thử')")
    try:
        with clock.at(on(3)):
            assert retry().retried == 0
    finally:
        season.execute("delete from ops.period_closing")
    with clock.at(on(4)):
        done = retry()
        again = retry()
    assert (done.retried, done.sent, done.failed) == (2, 2, 0)
    assert (again.retried, again.sent) == (0, 0)
    assert sorted(letter["To"] for letter in letterbox.letters) == ["07228@example.org", "09169@example.org"]
    assert statuses(season)["sent"] == 2


def retry():
    from pipeline import reminding

    return reminding.remind(retry_failed=True)


def test_what_nobody_took_until_the_next_stage_is_failed_and_the_next_stage_goes_out(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    letterbox.delays = {"da-mai@example.org"}
    remind_in_vain("2026-11-28T07:00:00+07:00")
    letterbox.delays = set()
    done = remind("2026-11-30T07:00:00+07:00")
    assert (done.sent, done.failed) == (1, 1)
    assert [(stage, error) for _, stage, _, error in failures(season)] == [("reminder_1", "451 mailbox busy")]
    assert len(letterbox.letters) == 1
    with clock.at("2026-12-01T07:00:00+07:00"):
        assert retry().retried == 0  # the next stage told it


def test_a_letter_under_way_keeps_its_id_until_it_is_given_up_and_then_the_news_go_out(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    letterbox.answer = "451 try again"
    remind_in_vain(on(1))
    nearly_given_up(season)
    contact(season, VO_CUONG, "da-mai@example.org")
    assert remind(on(5)).given_up == 1
    assert len({letter["Message-ID"] for letter in letterbox.letters}) == 1
    assert len(letterbox.letters) == 2 * backoff.ATTEMPTS
    letterbox.answer = "250 taken"
    assert remind(on(6)).sent == 1
    assert letterbox.letters[-1]["Message-ID"] != letterbox.letters[0]["Message-ID"]
    assert (statuses(season, DA_MAI), statuses(season, VO_CUONG)) == ({"failed": 1}, {"sent": 1})


def test_one_address_that_has_to_wait_holds_up_no_other(season, letterbox):
    for unit in (DA_MAI, VO_CUONG, KINH_BAC):
        contact(season, unit, f"{unit}@example.org")
    letterbox.delays = {f"{DA_MAI}@example.org"}
    remind_in_vain(AFTER)
    assert sorted(letter["To"] for letter in letterbox.letters) == ["09169@example.org", "09187@example.org"]


def test_a_mail_server_that_lets_many_wait_still_gets_the_others_letters(season, letterbox):
    """More than the messages in a row after which a silent server is left alone; this one answers."""
    waiting = ["07210", "07246", "07264", "07282", "07288", "07294"]
    for unit in [*waiting, KINH_BAC]:
        contact(season, unit, f"{unit}@example.org")
    letterbox.delays = {f"{unit}@example.org" for unit in waiting[: delivery.FAILURES_IN_A_ROW + 1]}
    remind_in_vain(AFTER)
    assert sorted(letter["To"] for letter in letterbox.letters) == [
        *("07288@example.org", "07294@example.org", "09187@example.org")
    ]


def test_of_two_addresses_the_one_that_has_to_wait_gets_the_letter_later_and_the_other_once(season, letterbox):
    for address in ("a@example.org", "b@example.org"):
        contact(season, DA_MAI, address)
    letterbox.delays = {"b@example.org"}
    remind_in_vain(on(1))
    letterbox.delays = set()
    assert remind(on(2)).sent == 1
    first, second = letterbox.letters
    assert first["Message-ID"] == second["Message-ID"]
    assert {letter["To"] for letter in letterbox.letters} == {"a@example.org, b@example.org"}
    assert letterbox.recipients == [["a@example.org"], ["b@example.org"]]


def test_a_server_that_is_silent_is_left_alone_and_the_other_webhooks_and_letters_go_out(season, letterbox, room):
    chat, host = room
    dead = f"127.0.0.1:{free_port()}"
    units = ["07210", "07246", "07264", "07282", "07288", "07294", "07306", "07330"]
    for unit in units[:6]:
        hook(season, unit, f"http://{dead}/{unit}")
    hook(season, units[6], f"http://{host}/x")
    contact(season, units[7], "xa@example.org")
    remind_in_vain(AFTER)
    assert (len(chat.posts), len(letterbox.letters)) == (1, 1)
    tried = season.execute(
        "select count(*) filter (where unanswered_days = 1), count(*) filter (where message.attempts > 0) "
        "from ops.alert_ledger as told join ops.message using (message_id) where told.status = 'planned'"
    ).fetchone()
    assert tried == (6, 0)


def test_of_two_webhooks_the_one_that_took_a_post_is_not_asked_again(season, room):
    chat, host = room
    other = Chatroom()
    with serving(other) as second:
        for place in (host, second):
            hook(season, DA_MAI, f"http://{place}/hook")
        other.answers = [503] * backoff.ATTEMPTS
        remind_in_vain(AFTER)
        assert remind("2026-12-02T07:00:00+07:00").sent == 1
    (first,), ids = chat.posts, {headers["Idempotency-Key"] for headers, _ in chat.posts + other.posts}
    assert len(other.posts) == backoff.ATTEMPTS + 1
    assert ids == {first[0]["Idempotency-Key"]}


def test_an_alert_that_one_of_two_webhooks_took_is_sent_when_the_other_is_given_up(season, room):
    chat, host = room
    for place in (host, f"127.0.0.1:{free_port()}"):
        hook(season, DA_MAI, f"http://{place}/hook")
    remind_in_vain(on(1))
    nearly_given_up(season)
    done = remind(on(5))
    assert (done.given_up, done.failed, len(chat.posts)) == (1, 0, 1)
    assert statuses(season, DA_MAI) == {"sent": 1}
    assert season.execute("select status, last_error from ops.message").fetchall() == [
        ("sent", "webhook: [Errno 111] Connection refused")
    ]


def test_of_two_webhooks_one_may_refuse_and_the_alert_is_sent(season, room):
    chat, host = room
    for path in ("a", "b"):
        hook(season, DA_MAI, f"http://{host}/{path}")
    chat.answers = [410, 200]
    done = remind()
    assert (done.sent, done.refused, len(chat.posts)) == (1, 0, 2)
    assert season.execute("select distinct last_error from ops.message").fetchall() == [("webhook: 410",)]


def test_a_contact_may_be_any_service_of_apprise_and_no_log_or_list_tells_its_secrets(season, room, caplog, command):
    chat, host = room
    hook(season, DA_MAI, f"json://ten:mat-khau@{host}/bi-mat")
    hook(season, VO_CUONG, f"http://{host}/bi-mat#bi-mat")
    with caplog.at_level(logging.INFO):
        assert remind().sent == 2
    posted = [json.loads(content) for _, content in chat.posts]
    (service,) = (document for document in posted if "version" in document)
    assert service["title"] == "Báo cáo cần gửi, quá hạn 2 ngày: Phường Đa Mai, năm 2026"
    assert "toàn bộ báo cáo (33 chỉ tiêu)" in service["message"]
    said = caplog.text + command("alerts", "list").out + command("alerts", "list", "--json").out
    assert [word for word in ("bi-mat", "mat-khau", host) if word in said] == []


@pytest.mark.parametrize("address", ["tgram://bi-mat", "ftp://bi-mat/x", "bi-mat"])
def test_an_address_for_owners_that_nobody_can_be_written_to_at_is_a_wrong_call(season, monkeypatch, command, address):
    monkeypatch.setenv("BAOCAO_WEBHOOK_URL", address)
    said = command("alerts", "run")
    assert said.code == 2
    assert "BAOCAO_WEBHOOK_URL: webhook" in " ".join(said.err.split())
    assert "bi-mat" not in said.err


def test_a_refusal_is_kept_without_the_address(season, letterbox):
    contact(season, DA_MAI, "nobody@example.org")
    letterbox.refuses = {"nobody@example.org"}
    remind()
    assert [error for *_, error in failures(season)] == ["550 <…> no such user"]


def test_a_server_is_asked_so_often_in_a_run_and_no_more(season, letterbox):
    units = [DA_MAI, VO_CUONG, KINH_BAC, "07210", "07246"]
    for unit in units:
        contact(season, unit, f"{unit}@example.org")
    letterbox.answer = "451 try again"
    remind_in_vain(AFTER)
    assert len(letterbox.letters) == delivery.FAILURES_IN_A_ROW * backoff.ATTEMPTS
    assert season.execute("select count(*) from ops.message where status = 'queued'").fetchone() == (5,)
