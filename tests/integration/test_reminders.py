"""Outstanding reports cause one reminder per stage: with a real mail server, a real database, and a real kill."""

import json
import logging
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email.message import EmailMessage
from functools import partial
from uuid import UUID

import psycopg
import pytest

from alerts.channels import backoff, webhook
from alerts.channels.base import Unreachable
from alerts.ledger import outbox, planning
from pipeline import attachments, mailing
from publish.forms import prefill, queries
from publish.forms import workbook as form_workbook
from tests.integration.chatroom import Chatroom, serving
from tests.integration.letterbox import Letterbox, free_port
from tests.integration.reminded import AFTER, DA_MAI, VO_CUONG, contact, remind, statuses
from tests.integration.reports import VERDICT, put, verdict
from tests.waiting import wait_for
from warehouse import clock, database
from warehouse.as_of import parse_timestamp, set_session_as_of, set_session_as_of_unchecked
from warehouse.settings import PROJECT_ROOT

BEFORE = "2026-11-29T23:59:00+07:00"
COMMUNES = 99


@contextmanager
def revised(session: psycopg.Connection, late_from: str, decided_on: str) -> Iterator[None]:
    """Bắc Ninh's deadline as a decision of that day moves it: late from another day on."""
    values = {"late_from": late_from, "decided_on": decided_on, "programme": "bacninh-2026-2030"}
    day = "%({})s::date::timestamp at time zone 'Asia/Ho_Chi_Minh'".format
    of_2026 = "programme_code = %(programme)s and period = '2026'"
    for statement in (
        f"update intermediate.int_expected_reports__history set decided_to = {day('decided_on')} where {of_2026}",
        "create temporary table moved as select decided.*, last_on_time_on as old_last_on from "
        f"intermediate.int_expected_reports__history as decided where {of_2026}",
        f"update moved set decided_from = decided_to, decided_to = 'infinity', deadline_revision = 2, "
        f"last_on_time_on = %(late_from)s::date - 1, deadline_at = {day('late_from')}, "
        "former_last_on_time_on = old_last_on, deadline_decided_on = %(decided_on)s",
        "alter table moved drop column old_last_on",
        "insert into intermediate.int_expected_reports__history select * from moved",
        "drop table moved",
        "insert into intermediate.int_alert_stages__scheduled "
        "select programme_code, %(late_from)s::date - 1, stage, audience, sort_order, "
        "%(late_from)s::date - 1 + (fires_on - last_on_time_on) "
        "from intermediate.int_alert_stages__scheduled "
        "where programme_code = %(programme)s and last_on_time_on = '2026-11-29'",
    ):
        session.execute(statement, values)
    try:
        yield
    finally:
        for statement in (
            f"delete from intermediate.int_expected_reports__history where {of_2026} and deadline_revision = 2",
            f"update intermediate.int_expected_reports__history set decided_to = 'infinity' where {of_2026}",
            "delete from intermediate.int_alert_stages__scheduled where programme_code = %(programme)s "
            "and last_on_time_on = %(late_from)s::date - 1",
        ):
            session.execute(statement, values)


def validated(
    session: psycopg.Connection, unit: str, status: str, at: str = "2026-11-20T08:00:00+07:00", kind: str = "full"
) -> UUID:
    submission = put(unit, {"2": (95, 100)} if kind == "full" else {}, received_at=at, submission_type=kind)
    session.execute(VERDICT, verdict(submission, at, status))
    return submission


def ladder(session: psycopg.Connection, unit: str) -> dict[tuple[str, str], str]:
    """Status by audience and stage, of one unit's report."""
    rows = session.execute(
        "select audience, stage, status from ops.alert_ledger where unit_code = %s and channel = 'email'", [unit]
    ).fetchall()
    return {(audience, stage): status for audience, stage, status in rows}


def remind_without_a_response(instant: str = AFTER) -> None:
    """A run while no server answers: what it has queued waits."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(backoff, "WAIT_SECONDS", 0.01)
        patched.setenv("BAOCAO_SMTP_URL", f"smtp://127.0.0.1:{free_port()}")
        with pytest.raises(Unreachable):
            remind(instant)


def remind_and_die(letterbox: Letterbox, timestamp: str = AFTER) -> None:
    """A run that is killed when the server has the letter and has not confirmed it yet."""
    victim = subprocess.Popen(
        [sys.executable, "-c", "from pipeline import reminding; reminding.remind()"],
        cwd=PROJECT_ROOT,
        env=os.environ | {"BAOCAO_NOW": timestamp},
    )

    def kill() -> None:
        os.kill(victim.pid, signal.SIGKILL)
        victim.wait()

    letterbox.on_letter = kill
    assert victim.wait(120) == -signal.SIGKILL
    letterbox.on_letter = lambda: None


def text(letter: EmailMessage) -> str:
    return letter.get_body(("plain",)).get_content().replace("\r\n", "\n")


def test_a_unit_that_did_not_report_is_told_once_however_often_it_is_run(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    assert remind().sent == 1
    again, later = remind(), remind("2026-12-02T08:00:00+07:00")
    assert (again.planned, again.sent, later.sent) == (0, 0, 0)
    assert len(letterbox.letters) == 1
    assert statuses(season) == {"sent": 1, "no_contact": COMMUNES - 1}


def test_the_letter_says_what_is_missing_until_when_and_how_to_send_it(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    remind()
    (letter,) = letterbox.letters
    assert letter["To"] == "da-mai@example.org"
    assert letter["From"] == "baocao@example.org"
    assert letter["Subject"] == "Báo cáo cần gửi, quá hạn 2 ngày: Phường Đa Mai, năm 2026"
    plain, html = text(letter), letter.get_body(("html",)).get_content()
    for expected in (
        "trước ngày 30/11 hàng năm",
        "ngày cuối 29/11/2026",
        "toàn bộ báo cáo (33 chỉ tiêu)",
        "mẫu Excel gửi kèm",
        "Nơi nhận báo cáo: Ủy ban nhân dân tỉnh; Sở Y tế.",
    ):
        assert expected in plain
        assert expected in html
    for body in (plain, html):
        assert "baocao " not in body
        assert "Liên hệ" not in body
    kept = season.execute("select message_id, body_text, status, attempts from ops.message").fetchall()
    assert kept == [(letter["Message-ID"], plain, "sent", 1)]


def test_a_letter_carries_the_empty_form_of_each_report_and_can_be_filled_in_at_once(season, letterbox):
    for unit in (DA_MAI, VO_CUONG):
        contact(season, unit, "hai-phuong@example.org")
    remind()
    (letter,) = letterbox.letters
    attached = {part.get_filename(): part.get_payload(decode=True) for part in letter.iter_attachments()}
    assert list(attached) == [f"bacninh-2026-2030_{unit}_2026.xlsx" for unit in (DA_MAI, VO_CUONG)]
    form = queries.form(season, "bacninh-2026-2030", DA_MAI, "2026")
    expected = form_workbook.render(prefill.beside(season, [form])[0], {})
    assert attached[f"bacninh-2026-2030_{DA_MAI}_2026.xlsx"] == expected


def test_a_letter_names_the_contact_office_and_its_telephone_where_a_row_does(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    change = (
        "update catalogue.report_recipients set contact_office_vi = %s, contact_telephone = %s where recipient_no = 2"
    )
    season.execute(change, ["Phòng giả định", "000 1234 567"])
    try:
        remind()
    finally:
        season.execute(change, [None, None])
    (letter,) = letterbox.letters
    assert "Liên hệ: Phòng giả định, điện thoại 000 1234 567." in text(letter)


def test_a_letter_whose_form_cannot_be_made_goes_without_it(season, letterbox, monkeypatch):
    contact(season, DA_MAI, "da-mai@example.org")
    monkeypatch.setattr(attachments, "QUEUED", "select no_such_column from ops.message")
    assert remind().sent == 1
    assert list(letterbox.letters[0].iter_attachments()) == []
    assert statuses(season, DA_MAI) == {"sent": 1}


def test_a_letter_waits_where_the_connection_is_lost_while_its_form_is_made(season, letterbox, monkeypatch):
    contact(season, DA_MAI, "da-mai@example.org")
    ends_itself = "select pg_terminate_backend(pg_backend_pid())::text from (select %s, %s, %s) as given"
    with monkeypatch.context() as lost, pytest.raises(psycopg.errors.AdminShutdown):
        lost.setattr(attachments, "QUEUED", ends_itself)
        remind()
    assert letterbox.letters == []
    remind()
    (letter,) = letterbox.letters
    assert len(list(letter.iter_attachments())) == 1


def test_the_level_above_reads_how_many_reports_were_received(season, letterbox):
    contact(season, "24", "tinh@example.org", "supervisor")
    for unit, status in ((DA_MAI, "rejected"), (DA_MAI, "accepted"), (VO_CUONG, "accepted_with_warnings")):
        validated(season, unit, status)
    remind()
    (letter,) = letterbox.letters
    assert "Đã gửi đến: 3 lượt báo cáo, trong đó được nhận 2 (1 có cảnh báo), bị từ chối 1." in text(letter)
    assert letter["Subject"] == f"{COMMUNES - 2} báo cáo của các đơn vị chưa nhận được"


def test_a_receipt_keeps_no_reminder_back_on_the_same_day(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    with clock.at(AFTER):
        validated(season, DA_MAI, "rejected", at=AFTER)
        assert mailing.mail_receipts().sent == 1
    assert remind().sent == 1
    assert [letter["Subject"].partition(":")[0] for letter in letterbox.letters] == [
        "Biên nhận",
        "Báo cáo bị từ chối, quá hạn 2 ngày",
    ]


def test_the_ladder_climbs_with_the_days_and_each_step_is_told_once(season, letterbox):
    """The last day in time is Sunday 29/11/2026. Three working days after it is 2/12, seven are 8/12."""
    contact(season, DA_MAI, "da-mai@example.org")
    contact(season, "24", "tinh@example.org", "supervisor")
    contact(season, "24", "chu-tri@example.org", "owner")
    notified = {
        "2026-11-14": [],
        "2026-11-15": ["da-mai@example.org"],
        "2026-11-16": [],
        "2026-11-22": ["da-mai@example.org"],
        "2026-11-28": ["da-mai@example.org"],
        "2026-11-29": [],
        "2026-11-30": ["da-mai@example.org", "tinh@example.org"],
        "2026-12-01": [],
        "2026-12-02": ["chu-tri@example.org"],
        "2026-12-07": [],
        "2026-12-08": ["chu-tri@example.org"],
        "2027-01-15": [],
    }
    for day, recipients in notified.items():
        letterbox.letters.clear()
        remind(f"{day}T07:00:00+07:00")
        assert sorted(letter["To"] for letter in letterbox.letters) == sorted(recipients), day


def test_missed_runs_are_caught_up_with_the_latest_stage_alone(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    remind("2026-11-29T07:00:00+07:00")
    assert ladder(season, DA_MAI) == {
        ("reporter", "reminder_14"): "skipped",
        ("reporter", "reminder_7"): "skipped",
        ("reporter", "reminder_1"): "sent",
    }
    remind("2026-12-08T07:00:00+07:00")
    assert ladder(season, DA_MAI) | {} == {
        ("reporter", "reminder_14"): "skipped",
        ("reporter", "reminder_7"): "skipped",
        ("reporter", "reminder_1"): "sent",
        ("reporter", "missing"): "sent",
        ("supervisor", "missing"): "no_contact",
        ("owner", "escalation_3"): "skipped",
        ("owner", "escalation_7"): "no_contact",
    }


def test_the_level_above_gets_one_letter_with_all_its_units_and_hears_when_a_report_comes(season, letterbox):
    contact(season, "24", "tinh@example.org", "supervisor")
    remind("2026-11-30T07:00:00+07:00")
    (letter,) = letterbox.letters
    assert letter["Subject"] == f"{COMMUNES} báo cáo của các đơn vị chưa nhận được"
    assert "07228  Phường Đa Mai: chưa gửi, quá hạn 1 ngày" in text(letter)
    validated(season, DA_MAI, "accepted", at="2026-12-01T06:00:00+07:00")
    remind("2026-12-01T07:00:00+07:00")
    resolved = letterbox.letters[-1]
    assert resolved["Subject"] == "Đã nhận 1 báo cáo từng bị thiếu"
    assert "07228  Phường Đa Mai: nhận lúc 06:00 ngày 01/12/2026" in text(resolved)
    assert len(letterbox.letters) == 2


def test_a_deadline_that_is_moved_is_told_anew(season, letterbox):
    """A decision of 30/11 moves the last day from 29/11 to 15/12, after reminders went out: the ladder begins again."""
    contact(season, DA_MAI, "da-mai@example.org")
    remind("2026-11-22T07:00:00+07:00")
    with revised(season, "2026-12-16", decided_on="2026-11-30"):
        remind("2026-11-28T07:00:00+07:00")
        remind("2026-11-30T07:00:00+07:00")
        remind("2026-12-01T07:00:00+07:00")
        remind("2026-12-08T07:00:00+07:00")
    first, before, second, third = letterbox.letters
    assert "còn 7 ngày" in first["Subject"]
    assert "còn 1 ngày" in before["Subject"]  # on 28/11 nothing was decided yet
    assert "còn 14 ngày" in second["Subject"]
    assert "còn 7 ngày" in third["Subject"]
    for letter, expected in ((first, False), (before, False), (second, True), (third, True)):
        assert ("đã dời từ ngày 29/11/2026 theo quyết định ngày 30/11/2026" in text(letter)) == expected


def test_a_deadline_that_is_moved_forward_is_told_at_once_and_what_was_open_is_cancelled(season, letterbox):
    """On 20/11 the last day, 29/11, becomes 24/11: the reminder of seven days before it is due at once."""
    contact(season, DA_MAI, "da-mai@example.org")
    remind("2026-11-15T07:00:00+07:00")
    assert statuses(season) == {"sent": 1, "no_contact": COMMUNES - 1}
    with revised(season, "2026-11-25", decided_on="2026-11-20"):
        remind("2026-11-20T07:00:00+07:00")
        assert statuses(season) == {"sent": 2, "no_contact": COMMUNES - 1, "cancelled": COMMUNES - 1}
        remind("2026-11-23T07:00:00+07:00")
        remind("2026-11-25T07:00:00+07:00")
    notified = [letter["Subject"].partition(":")[0].rpartition(", ")[2] for letter in letterbox.letters]
    assert notified == ["còn 14 ngày", "còn 4 ngày", "còn 1 ngày", "quá hạn 1 ngày"]
    assert "ngày cuối 24/11/2026 (còn 4 ngày)" in text(letterbox.letters[1])


def test_who_heard_of_a_missing_report_hears_that_it_came_although_its_deadline_was_moved(season, letterbox):
    contact(season, "24", "tinh@example.org", "supervisor")
    remind("2026-11-30T07:00:00+07:00")
    with revised(season, "2026-12-16", decided_on="2026-12-01"):
        remind("2026-12-01T07:00:00+07:00")
        validated(season, DA_MAI, "accepted", at="2026-12-02T06:00:00+07:00")
        remind("2026-12-02T07:00:00+07:00")
        remind("2026-12-03T07:00:00+07:00")
    missing, resolved = letterbox.letters
    assert missing["Subject"] == f"{COMMUNES} báo cáo của các đơn vị chưa nhận được"
    assert resolved["Subject"] == "Đã nhận 1 báo cáo từng bị thiếu"


def test_a_clock_that_was_set_back_tells_nobody_twice_and_touches_nothing_that_is_still_to_come(season, letterbox):
    """30 November, two days back, and 30 November again; the first time no server answers."""
    contact(season, DA_MAI, "da-mai@example.org")
    contact(season, VO_CUONG, "vo-cuong@example.org")
    later, earlier = "2026-11-30T07:00:00+07:00", "2026-11-28T07:00:00+07:00"
    remind_without_a_response(later)
    waiting = season.execute("select * from ops.alert_ledger order by ledger_id").fetchall()
    validated(season, VO_CUONG, "accepted", at="2026-11-30T08:00:00+07:00")

    back = remind(earlier)
    assert (back.sent, back.cancelled, letterbox.letters) == (0, 0, [])
    assert season.execute("select * from ops.alert_ledger order by ledger_id").fetchall() == waiting

    assert remind("2026-11-30T09:00:00+07:00").sent == 1
    assert [letter["To"] for letter in letterbox.letters] == ["da-mai@example.org"]
    sent = season.execute("select * from ops.alert_ledger order by ledger_id").fetchall()
    for instant in (earlier, "2026-11-30T10:00:00+07:00"):
        again = remind(instant)
        assert (again.planned, again.sent, again.cancelled) == (0, 0, 0)
    assert season.execute("select * from ops.alert_ledger order by ledger_id").fetchall() == sent


def test_a_report_that_has_come_is_not_asked_for_by_a_clock_that_was_set_back(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    contact(season, VO_CUONG, "vo-cuong@example.org")
    validated(season, DA_MAI, "accepted", at="2026-11-27T08:00:00+07:00")
    remind("2026-11-22T07:00:00+07:00")
    assert [letter["To"] for letter in letterbox.letters] == ["vo-cuong@example.org"]


def test_an_act_excuses_a_unit_from_its_day_on(season, letterbox):
    """Until 24 November Đa Mai owes and is reminded; from the act of 25 November on it is not, nor is it missing."""
    contact(season, DA_MAI, "da-mai@example.org")
    of_da_mai = (
        "unit_code = '07228' and programme_code = 'bacninh-2026-2030' and period = '2026' and agency_code = 'UBND'"
    )
    decided = "intermediate.int_expected_reports__history"
    season.execute(f"create temporary table excused as select * from {decided} where {of_da_mai}")
    season.execute(
        "update excused set decided_from = '2026-11-25+07', is_owed = false, is_exempt = true, "
        "reason = 'exempt by 12/QĐ-UBND (giả định)'"
    )
    season.execute(f"update {decided} set decided_to = '2026-11-25+07' where {of_da_mai}")
    season.execute(f"insert into {decided} select * from excused")
    try:
        remind("2026-11-22T07:00:00+07:00")
        remind("2026-11-30T07:00:00+07:00")
        notified = {}
        for day in ("2025-12-31", "2026-11-24T23:59:59+07:00", "2026-11-25", "2026-12-05"):
            set_session_as_of_unchecked(season, parse_timestamp(day))
            rows = season.execute(f"select status, reason from marts.fct_report_obligation where {of_da_mai}")
            notified[day[:10]] = rows.fetchall()
    finally:
        set_session_as_of(season, None)
        season.execute(f"delete from {decided} where {of_da_mai} and not is_owed")
        season.execute(f"update {decided} set decided_to = 'infinity' where {of_da_mai}")
    assert [letter["To"] for letter in letterbox.letters] == ["da-mai@example.org"]
    assert notified == {
        "2025-12-31": [],  # the programme begins on 1 January 2026
        "2026-11-24": [("not_due", "active")],
        "2026-11-25": [("exempt", "exempt by 12/QĐ-UBND (giả định)")],
        "2026-12-05": [("exempt", "exempt by 12/QĐ-UBND (giả định)")],
    }


def test_nothing_is_told_about_a_closed_period_or_a_plan_that_has_ended(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    season.execute("insert into ops.period_closing values ('bacninh-2026-2030', '2026', '2026-11-29 12:00+07', 'thử')")
    assert remind().sent == 0
    season.execute("delete from ops.period_closing")
    season.execute("update catalogue.programmes set ends_on = '2026-11-30' where programme_code like 'bacninh%'")
    try:
        assert remind().sent == 0
    finally:
        season.execute("update catalogue.programmes set ends_on = '2030-12-31' where programme_code like 'bacninh%'")
    assert remind().sent == 1


def test_a_report_that_is_due_after_its_plan_has_ended_is_asked_for(season, letterbox):
    """The plan ends on 25/11 and the last day in time is 29/11: one more run of the ladder, until it has come."""
    contact(season, DA_MAI, "da-mai@example.org")
    season.execute("update catalogue.programmes set ends_on = '2026-11-25' where programme_code like 'bacninh%'")
    try:
        assert [remind(f"2026-11-{day}T07:00:00+07:00").sent for day in (28, 30)] == [1, 1]
    finally:
        season.execute("update catalogue.programmes set ends_on = '2030-12-31' where programme_code like 'bacninh%'")


def test_nobody_is_told_of_a_report_that_comes_after_the_closing(season, letterbox):
    contact(season, "24", "tinh@example.org", "supervisor")
    assert remind().sent == 1
    season.execute("insert into ops.period_closing values ('bacninh-2026-2030', '2026', '2026-12-02 12:00+07', 'thử')")
    try:
        validated(season, DA_MAI, "accepted", at="2026-12-03T06:00:00+07:00")
        assert remind("2026-12-03T07:00:00+07:00").sent == 0
    finally:
        season.execute("delete from ops.period_closing")
    assert remind("2026-12-04T07:00:00+07:00").sent == 1


def test_a_day_of_the_past_that_is_tried_out_opens_no_season_of_the_past(season, letterbox):
    """The first run was on 1 October 2026; Hải Phòng's reports of 2025 were due by 1 December 2025."""
    owing = (
        "select unit_code from marts.fct_report_obligation where deadline_at = '2025-12-01+07' and agency_code = 'UBND'"
    )
    (unit,) = season.execute(f"{owing} limit 1").fetchone()
    contact(season, unit, "hai-phong@example.org")
    assert remind("2025-11-24T07:00:00+07:00").planned == 0
    remind("2026-10-02T07:00:00+07:00")
    assert letterbox.letters == []


def test_a_contact_that_goes_while_a_run_is_under_way_is_not_written_to(season, monkeypatch):
    """Nor does the owner's webhook get a reporter's e-mail instead of it."""
    monkeypatch.setenv("BAOCAO_WEBHOOK_URL", "https://chat.example.org/hook#khoa")
    contact(season, DA_MAI, "da-mai@example.org")
    instant = parse_timestamp(AFTER)
    planning.create_outstanding_table(season, instant)
    planning.plan(season, instant)
    planning.match_contacts(season)
    assert ("email", "da-mai@example.org") in outbox.due(season, instant)
    season.execute("delete from ops.contact")
    assert {channel for channel, _ in outbox.due(season, instant)} <= {"webhook"}


def test_a_report_that_was_accepted_even_late_is_not_asked_for(season, letterbox):
    for unit in (DA_MAI, VO_CUONG):
        contact(season, unit, f"{unit}@example.org")
    validated(season, DA_MAI, "accepted")
    validated(season, VO_CUONG, "accepted_with_warnings", at="2026-11-30T09:00:00+07:00")
    remind()
    assert letterbox.letters == []
    assert statuses(season) == {"no_contact": COMMUNES - 2}


def test_a_rejected_report_is_told_with_its_reasons(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    submission = validated(season, DA_MAI, "rejected")
    season.execute(
        "insert into ops.submission_issue (submission_id, severity, rule, message_vi, message_en, sheet, cell, raw) "
        "values (%s, 'critical', 'decimal_mark_ambiguous', 'Không rõ 1.234 là 1234 hay 1,234.', 'Ambiguous.', "
        "'Báo cáo', 'F14', '1.234')",
        [submission],
    )
    remind()
    (letter,) = letterbox.letters
    assert letter["Subject"].startswith("Báo cáo bị từ chối, quá hạn 2 ngày: Phường Đa Mai")
    assert "Báo cáo!F14 «1.234»: Không rõ 1.234 là 1234 hay 1,234." in text(letter)
    assert "toàn bộ báo cáo" not in text(letter)


def test_one_letter_a_recipient_carries_all_that_is_overdue(season, letterbox):
    for unit in (DA_MAI, VO_CUONG):
        contact(season, unit, "hai-phuong@example.org")
    assert remind().sent == 1
    (letter,) = letterbox.letters
    assert letter["Subject"] == "2 báo cáo cần gửi, 2 đã quá hạn"
    assert "(mã 07228)" in text(letter)
    assert "(mã 09169)" in text(letter)
    assert statuses(season)["sent"] == 2


def test_a_unit_without_a_contact_is_a_warning_and_is_told_once_it_has_one(season, letterbox, caplog):
    with caplog.at_level(logging.WARNING):
        done = remind()
    assert statuses(season) == {"no_contact": COMMUNES}
    assert done.sent == 0
    assert f"bacninh-2026-2030 2026: {COMMUNES} reports without a reporter to write to: 07210" in caplog.text
    contact(season, DA_MAI, "da-mai@example.org")
    assert remind().sent == 1
    assert statuses(season, DA_MAI) == {"sent": 1}


def test_a_report_that_comes_between_planning_and_sending_cancels_the_alert(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    with clock.at(AFTER), database.connect() as connection:
        planning.create_outstanding_table(connection, clock.now())
        planning.plan(connection, clock.now())
    assert statuses(season, DA_MAI) == {"planned": 1}
    validated(season, DA_MAI, "accepted", at="2026-12-01T07:59:00+07:00")
    assert remind().cancelled == 2  # the unit's and the one for the level above
    assert statuses(season, DA_MAI) == {"cancelled": 1}
    assert letterbox.letters == []


def test_after_a_kill_between_sending_and_confirming_the_same_letter_goes_again(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    remind_and_die(letterbox)
    assert season.execute("select status, attempts from ops.message").fetchall() == [("queued", 1)]
    assert remind("2026-12-01T09:00:00+07:00").sent == 1
    before, after = letterbox.letters
    assert before["Message-ID"] == after["Message-ID"]
    assert before.as_bytes() == after.as_bytes()
    assert statuses(season, DA_MAI) == {"sent": 1}


def test_while_no_server_answers_the_letter_waits_and_the_step_says_so(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    remind_without_a_response()
    assert season.execute("select status, attempts, last_error is not null from ops.message").fetchall() == [
        ("queued", 0, True)
    ]
    failed = season.execute(
        "select status, detail ->> 'waiting' from ops.pipeline_run where step = 'remind' order by run_id desc limit 1"
    ).fetchone()
    assert failed == ("failed", "1")
    assert remind().sent == 1


def test_a_waiting_letter_is_written_anew_when_one_of_its_reports_has_come(season, letterbox):
    for unit in (DA_MAI, VO_CUONG):
        contact(season, unit, "hai-phuong@example.org")
    remind_without_a_response()
    ((waiting,),) = season.execute("select message_id from ops.message").fetchall()
    validated(season, DA_MAI, "accepted", at="2026-12-01T09:00:00+07:00")
    done = remind("2026-12-01T10:00:00+07:00")
    assert (done.cancelled, done.sent) == (2, 1)
    (letter,) = letterbox.letters
    assert letter["Message-ID"] != waiting
    assert "(mã 09169)" in letter["Subject"] + text(letter)
    assert "07228" not in text(letter)
    assert (statuses(season, DA_MAI), statuses(season, VO_CUONG)) == ({"cancelled": 1}, {"sent": 1})


def test_a_letter_that_may_have_been_delivered_goes_again_as_it_was(season, letterbox):
    for unit in (DA_MAI, VO_CUONG):
        contact(season, unit, "hai-phuong@example.org")
    remind_and_die(letterbox)
    validated(season, DA_MAI, "accepted", at="2026-12-01T09:00:00+07:00")
    assert remind("2026-12-01T10:00:00+07:00").sent == 1
    before, after = letterbox.letters
    assert before.as_bytes() == after.as_bytes()
    validated(season, DA_MAI, "accepted", at="2026-12-01T11:00:00+07:00", kind="retraction")
    assert remind("2026-12-01T12:00:00+07:00").sent == 0


def test_a_report_that_is_retracted_is_asked_for_although_its_alert_was_cancelled(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    remind_without_a_response()
    validated(season, DA_MAI, "accepted", at="2026-12-01T09:00:00+07:00")
    assert remind("2026-12-01T10:00:00+07:00").cancelled == 2
    assert remind("2026-12-01T08:30:00+07:00").planned == 0
    validated(season, DA_MAI, "accepted", at="2026-12-01T11:00:00+07:00", kind="retraction")
    again = remind("2026-12-01T12:00:00+07:00")
    assert (again.planned, again.sent, len(letterbox.letters)) == (2, 1, 1)
    assert statuses(season, DA_MAI) == {"sent": 1}
    assert remind("2026-12-01T13:00:00+07:00").sent == 0


def test_a_run_at_an_earlier_moment_neither_cancels_nor_sends_what_was_planned_later(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    remind_without_a_response()
    earlier = remind(BEFORE)
    assert (earlier.cancelled, earlier.sent, letterbox.letters) == (0, 0, [])
    assert remind().sent == 1


def test_an_address_that_the_server_refuses_is_settled_as_failed_and_stops_nobody_else(season, letterbox):
    contact(season, DA_MAI, "nobody@example.org")
    contact(season, VO_CUONG, "vo-cuong@example.org")
    letterbox.refuses = {"nobody@example.org"}
    done = remind()
    assert (done.sent, done.refused) == (1, 1)
    assert (statuses(season, DA_MAI), statuses(season, VO_CUONG)) == ({"failed": 1}, {"sent": 1})


def test_without_a_server_the_text_goes_to_the_log_and_nobodys_address_with_it(season, caplog):
    contact(season, DA_MAI, "da-mai@example.org")
    with caplog.at_level(logging.INFO):
        assert remind().logged == 1
    assert statuses(season, DA_MAI) == {"logged": 1}
    assert "Kính gửi Phường Đa Mai" in caplog.text
    assert "example.org" not in caplog.text


def test_what_was_only_logged_is_sent_once_there_is_a_server_if_it_still_holds(season, letterbox, monkeypatch):
    contact(season, DA_MAI, "da-mai@example.org")
    contact(season, VO_CUONG, "vo-cuong@example.org")
    with monkeypatch.context() as without_server:
        without_server.delenv("BAOCAO_SMTP_URL")
        assert remind().logged == 2
        assert remind().logged == 0
    validated(season, VO_CUONG, "accepted")
    done = remind()
    assert (done.planned, done.resumed, done.sent) == (0, 1, 1)
    assert [letter["To"] for letter in letterbox.letters] == ["da-mai@example.org"]
    assert (statuses(season, DA_MAI), statuses(season, VO_CUONG)) == ({"sent": 1}, {"logged": 1})
    assert remind().resumed == 0


def test_a_deadline_that_passed_before_the_warehouse_began_is_history(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    season.execute("update ops.pipeline_run set as_of = '2026-12-02+07' where as_of < '2026-12-02+07'")
    assert remind("2026-12-03T08:00:00+07:00").planned == 0
    assert letterbox.letters == []


def test_reports_without_a_deadline_and_baseline_reports_are_never_asked_for(season, letterbox):
    remind("2029-01-01T08:00:00+07:00")
    notified = season.execute("select distinct programme_code, period from ops.alert_ledger order by 1, 2").fetchall()
    dated = ("bacninh-2026-2030", "haiphong-directive28")
    assert notified == [(programme, period) for programme in dated for period in ("2026", "2027", "2028")]


def test_two_runs_at_once_send_one_letter(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    with ThreadPoolExecutor(2) as both:
        done = [job.result() for job in [both.submit(remind), both.submit(remind)]]
    assert sorted(run.sent for run in done) == [0, 1]
    assert len(letterbox.letters) == 1


LEDGER = """
select message.message_id, message.recipient, ledger.programme_code, ledger.period, ledger.unit_id, ledger.stage
from ops.alert_ledger as ledger join ops.message as message using (message_id)
where ledger.status = 'sent' and ledger.channel = 'email'
"""
WAITING_FOR_A_TURN = """
select count(*) from pg_locks
where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())
"""


def are_waiting(session: psycopg.Connection, processes: int) -> bool:
    return session.execute(WAITING_FOR_A_TURN).fetchone() == (processes,)


def run_at_once(session: psycopg.Connection, *clocks: str) -> None:
    """A process of `baocao alerts run` for each clock: all of them are there before the first one goes on.

    They take their turns in the order in which they came.
    """
    processes = []
    with database.exclusive("remind"):
        for number, timestamp in enumerate(clocks, 1):
            command = [sys.executable, "-c", "from baocao.main import main; main()", "alerts", "run"]
            environment = os.environ | {"BAOCAO_NOW": timestamp}
            processes.append(subprocess.Popen(command, cwd=PROJECT_ROOT, env=environment))
            wait_for(partial(are_waiting, session, number), f"process {number} does not wait for its turn")
    assert [process.wait(120) for process in processes] == [0] * len(clocks)


@pytest.mark.parametrize("is_back_first", [False, True])
def test_of_two_processes_one_with_a_clock_that_was_set_back_nobody_is_reminded_twice(season, letterbox, is_back_first):
    """On the day after the deadline one process believes that it is a week before it; then both know the day, then one
    is back on the day after, four days later."""
    for unit, email, role in (
        (DA_MAI, "da-mai@example.org", "reporter"),
        (VO_CUONG, "vo-cuong@example.org", "reporter"),
        ("24", "tinh@example.org", "supervisor"),
        ("24", "so@example.org", "owner"),
    ):
        contact(season, unit, email, role)
    right, back, later = (f"2026-{day}T08:00:00+07:00" for day in ("11-30", "11-22", "12-04"))
    letters = []
    for clocks in ((right, back), (right, right), (later, right), (later, later)):
        run_at_once(season, *(reversed(clocks) if is_back_first else clocks))
        sent = season.execute(LEDGER).fetchall()
        counts = Counter(row[1:] for row in sent)
        assert [key for key, count in counts.items() if count > 1] == []
        assert sorted(letter["Message-ID"] for letter in letterbox.letters) == sorted({row[0] for row in sent})
        letters.append(len(letterbox.letters))
    assert letters == ([5, 5, 6, 6] if is_back_first else [3, 3, 4, 4])
    assert Counter(letter["To"] for letter in letterbox.letters) == {
        "da-mai@example.org": 1 + is_back_first,
        "vo-cuong@example.org": 1 + is_back_first,
    } | {
        "tinh@example.org": 1,
        "so@example.org": 1,
    }


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[Chatroom]:
    """A chat that takes escalations to the owners."""
    monkeypatch.setattr(backoff, "WAIT_SECONDS", 0.01)
    found = Chatroom()
    with serving(found) as host:
        monkeypatch.setenv("BAOCAO_WEBHOOK_URL", f"http://{host}/hook#bi-mat")
        yield found


def test_the_owner_reads_an_escalation_in_a_chat_that_can_check_its_signature(season, room):
    room.answers = [503, 200]
    assert remind("2026-12-02T07:00:00+07:00").sent == 1
    (first, content), (second, again) = room.posts
    assert content == again
    assert first["Idempotency-Key"] == second["Idempotency-Key"]
    assert first["X-Baocao-Signature"] == webhook.signature(content, "bi-mat")
    assert f"{COMMUNES} báo cáo của các đơn vị chưa nhận được" in json.loads(content)["title"]
    assert remind("2026-12-02T09:00:00+07:00").sent == 0
    assert len(room.posts) == 2


def test_a_chat_that_refuses_is_settled_as_failed_and_the_letters_go_out(season, room, letterbox):
    contact(season, "24", "chu-tri@example.org", "owner")
    room.answers = [404]
    done = remind("2026-12-02T07:00:00+07:00")
    assert (done.sent, done.refused) == (1, 1)
    assert [letter["To"] for letter in letterbox.letters] == ["chu-tri@example.org"]
    notified = season.execute(
        "select channel, status, count(*) from ops.alert_ledger where stage = 'escalation_3' "
        "and programme_code = 'bacninh-2026-2030' group by 1, 2 order by 1"
    ).fetchall()
    assert notified == [("email", "sent", COMMUNES), ("webhook", "failed", COMMUNES)]
