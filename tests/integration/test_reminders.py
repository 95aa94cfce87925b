"""Overdue reports are told once: with a real mail server, a real database, and a real kill."""

import logging
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from uuid import UUID

import psycopg
import pytest

from alerts import planning, smtp
from pipeline import building, reminding
from tests.integration.letterbox import Letterbox, free_port, listening
from tests.integration.reports import put
from warehouse import clock, database
from warehouse.settings import PROJECT_ROOT

DA_MAI, VO_CUONG = "07228", "09169"
BEFORE, AFTER = "2026-11-29T23:59:00+07:00", "2026-12-01T08:00:00+07:00"
COMMUNES = 99


@pytest.fixture(scope="session")
def marts(catalogue: None) -> None:
    building.build()


@pytest.fixture
def season(marts: None, nothing_arrived: None) -> Iterator[psycopg.Connection]:
    """The reporting season of 2026 in a warehouse that began in October; nothing has come, nobody was told."""
    with database.connect(autocommit=True) as connection:
        connection.execute("truncate ops.alert_ledger, ops.message, ops.contact restart identity cascade")
        connection.execute(
            "insert into ops.pipeline_run (step, status, moment) values ('receive', 'succeeded', '2026-10-01+07')"
        )
        yield connection


@pytest.fixture
def letterbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Letterbox]:
    box = Letterbox()
    with listening(box, free_port()) as url:
        monkeypatch.setenv("BAOCAO_SMTP_URL", url)
        yield box


def contact(session: psycopg.Connection, unit: str, email: str) -> None:
    session.execute("insert into ops.contact (unit_code, role, email) values (%s, 'reporter', %s)", [unit, email])


def judged(
    session: psycopg.Connection, unit: str, status: str, at: str = "2026-11-20T08:00:00+07:00", kind: str = "full"
) -> UUID:
    submission = put(unit, {"2": (95, 100)} if kind == "full" else {}, received_at=at, submission_type=kind)
    session.execute(
        "insert into ops.submission_verdict (submission_id, status, rules_version, decided_at) "
        "values (%s, %s, '1', %s)",
        [submission, status, at],
    )
    return submission


def remind(moment: str = AFTER) -> reminding.Reminded:
    with clock.at(moment):
        return reminding.remind()


def statuses(session: psycopg.Connection, unit: str | None = None) -> Counter[str]:
    rows = session.execute(
        "select status from ops.alert_ledger where unit_code = coalesce(%s, unit_code)", [unit]
    ).fetchall()
    return Counter(status for (status,) in rows)


def remind_without_an_answer() -> None:
    """A run while no server answers: what it has frozen waits."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(smtp, "WAIT_SECONDS", 0.01)
        patched.setenv("BAOCAO_SMTP_URL", f"smtp://127.0.0.1:{free_port()}")
        with pytest.raises(smtp.Unreachable):
            remind()


def remind_and_die(letterbox: Letterbox) -> None:
    """A run that is killed when the server has the letter and has not confirmed it yet."""
    victim = subprocess.Popen(
        [sys.executable, "-c", "from pipeline import reminding; reminding.remind()"],
        cwd=PROJECT_ROOT,
        env=os.environ | {"BAOCAO_NOW": AFTER},
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
    first = remind()
    assert (first.planned, first.sent, first.no_contact) == (COMMUNES, 1, COMMUNES - 1)
    again, later = remind(), remind("2026-12-20T08:00:00+07:00")
    assert (again.planned, again.sent, later.planned, later.sent) == (0, 0, 0, 0)
    assert len(letterbox.letters) == 1
    assert statuses(season, DA_MAI) == {"sent": 1}


def test_the_letter_says_what_is_missing_until_when_and_how_to_send_it(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    remind()
    (letter,) = letterbox.letters
    assert letter["To"] == "da-mai@example.org"
    assert letter["From"] == "baocao@example.org"
    assert letter["Subject"] == "Chưa nhận được báo cáo đã quá hạn: Phường Đa Mai, năm 2026"
    plain, html = text(letter), letter.get_body(("html",)).get_content()
    for said in (
        "trước ngày 30/11 hàng năm",
        "quá hạn từ 00:00 ngày 30/11/2026",
        "toàn bộ báo cáo (33 chỉ tiêu)",
        "baocao template bacninh-2026-2030 07228 2026",
    ):
        assert said in plain
        assert said in html
    kept = season.execute("select message_id, body_text, status, attempts from ops.message").fetchall()
    assert kept == [(letter["Message-ID"], plain, "sent", 1)]


def test_nobody_is_told_before_the_deadline(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    assert remind(BEFORE).planned == 0
    assert letterbox.letters == []


def test_a_report_that_was_accepted_even_late_is_not_asked_for(season, letterbox):
    for unit in (DA_MAI, VO_CUONG):
        contact(season, unit, f"{unit}@example.org")
    judged(season, DA_MAI, "accepted")
    judged(season, VO_CUONG, "accepted_with_warnings", at="2026-11-30T09:00:00+07:00")
    assert remind().planned == COMMUNES - 2
    assert letterbox.letters == []


def test_a_rejected_report_is_told_with_its_reasons(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    submission = judged(season, DA_MAI, "rejected")
    season.execute(
        "insert into ops.submission_issue (submission_id, severity, rule, message_vi, message_en, sheet, cell, raw) "
        "values (%s, 'critical', 'decimal_mark_ambiguous', 'Không rõ 1.234 là 1234 hay 1,234.', 'Ambiguous.', "
        "'Báo cáo', 'F14', '1.234')",
        [submission],
    )
    remind()
    (letter,) = letterbox.letters
    assert letter["Subject"].startswith("Báo cáo bị từ chối và đã quá hạn: Phường Đa Mai")
    assert "Báo cáo!F14 «1.234»: Không rõ 1.234 là 1234 hay 1,234." in text(letter)
    assert "toàn bộ báo cáo" not in text(letter)


def test_one_letter_a_recipient_carries_all_that_is_overdue(season, letterbox):
    for unit in (DA_MAI, VO_CUONG):
        contact(season, unit, "hai-phuong@example.org")
    assert remind().sent == 1
    (letter,) = letterbox.letters
    assert letter["Subject"] == "Chưa nhận được 2 báo cáo đã quá hạn"
    assert "(mã 07228)" in text(letter)
    assert "(mã 09169)" in text(letter)
    assert statuses(season)["sent"] == 2


def test_a_unit_without_a_contact_is_a_warning_and_is_told_once_it_has_one(season, letterbox, caplog):
    with caplog.at_level(logging.WARNING):
        done = remind()
    assert (done.no_contact, statuses(season)) == (COMMUNES, {"no_contact": COMMUNES})
    assert f"{COMMUNES} overdue reports without a contact" in caplog.text
    contact(season, DA_MAI, "da-mai@example.org")
    assert remind().sent == 1
    assert statuses(season, DA_MAI) == {"sent": 1}


def test_a_report_that_comes_between_planning_and_sending_cancels_the_alert(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    with clock.at(AFTER), database.connect() as connection:
        planning.look_at(connection, clock.now())
        planning.plan(connection, clock.now())
    assert statuses(season, DA_MAI) == {"planned": 1}
    judged(season, DA_MAI, "accepted", at="2026-12-01T07:59:00+07:00")
    assert remind().cancelled == 1
    assert statuses(season, DA_MAI) == {"cancelled": 1}
    assert letterbox.letters == []


def test_after_a_kill_between_sending_and_confirming_the_same_letter_goes_again(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    remind_and_die(letterbox)
    assert season.execute("select status, attempts from ops.message").fetchall() == [("frozen", 1)]
    assert remind("2026-12-01T09:00:00+07:00").sent == 1
    before, after = letterbox.letters
    assert before["Message-ID"] == after["Message-ID"]
    assert before.as_bytes() == after.as_bytes()
    assert statuses(season, DA_MAI) == {"sent": 1}


def test_while_no_server_answers_the_letter_waits_and_the_step_says_so(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    remind_without_an_answer()
    assert season.execute("select status, attempts, last_error is not null from ops.message").fetchall() == [
        ("frozen", 0, True)
    ]
    failed = season.execute(
        "select status, detail ->> 'waiting' from ops.pipeline_run where step = 'remind' order by run_id desc limit 1"
    ).fetchone()
    assert failed == ("failed", "1")
    assert remind().sent == 1


def test_a_waiting_letter_is_written_anew_when_one_of_its_reports_has_come(season, letterbox):
    for unit in (DA_MAI, VO_CUONG):
        contact(season, unit, "hai-phuong@example.org")
    remind_without_an_answer()
    ((waiting,),) = season.execute("select message_id from ops.message").fetchall()
    judged(season, DA_MAI, "accepted", at="2026-12-01T09:00:00+07:00")
    done = remind("2026-12-01T10:00:00+07:00")
    assert (done.cancelled, done.sent) == (1, 1)
    (letter,) = letterbox.letters
    assert letter["Message-ID"] != waiting
    assert "(mã 09169)" in letter["Subject"] + text(letter)
    assert "07228" not in text(letter)
    assert (statuses(season, DA_MAI), statuses(season, VO_CUONG)) == ({"cancelled": 1}, {"sent": 1})


def test_a_letter_that_may_have_been_delivered_goes_again_as_it_was(season, letterbox):
    for unit in (DA_MAI, VO_CUONG):
        contact(season, unit, "hai-phuong@example.org")
    remind_and_die(letterbox)
    judged(season, DA_MAI, "accepted", at="2026-12-01T09:00:00+07:00")
    assert remind("2026-12-01T10:00:00+07:00").sent == 1
    before, after = letterbox.letters
    assert before.as_bytes() == after.as_bytes()
    judged(season, DA_MAI, "accepted", at="2026-12-01T11:00:00+07:00", kind="retraction")
    assert remind("2026-12-01T12:00:00+07:00").sent == 0


def test_a_report_that_is_retracted_is_asked_for_although_its_alert_was_cancelled(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    remind_without_an_answer()
    judged(season, DA_MAI, "accepted", at="2026-12-01T09:00:00+07:00")
    assert remind("2026-12-01T10:00:00+07:00").cancelled == 1
    assert remind("2026-12-01T08:30:00+07:00").planned == 0
    judged(season, DA_MAI, "accepted", at="2026-12-01T11:00:00+07:00", kind="retraction")
    again = remind("2026-12-01T12:00:00+07:00")
    assert (again.planned, again.sent, len(letterbox.letters)) == (1, 1, 1)
    assert statuses(season, DA_MAI) == {"sent": 1}
    assert remind("2026-12-01T13:00:00+07:00").sent == 0


def test_a_run_at_an_earlier_moment_neither_cancels_nor_sends_what_was_planned_later(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    remind_without_an_answer()
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


def test_a_deadline_that_passed_before_the_warehouse_began_is_history(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    season.execute("update ops.pipeline_run set moment = '2026-12-02+07' where moment < '2026-12-02+07'")
    assert remind("2026-12-03T08:00:00+07:00").planned == 0
    assert letterbox.letters == []


def test_reports_without_a_deadline_and_baseline_reports_are_never_asked_for(season, letterbox):
    remind("2029-01-01T08:00:00+07:00")
    told = season.execute("select distinct programme_code, period from ops.alert_ledger order by 2").fetchall()
    assert told == [("bacninh-2026-2030", period) for period in ("2026", "2027", "2028")]


def test_two_runs_at_once_send_one_letter(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    with ThreadPoolExecutor(2) as both:
        done = [job.result() for job in [both.submit(remind), both.submit(remind)]]
    assert sorted(run.sent for run in done) == [0, 1]
    assert len(letterbox.letters) == 1
