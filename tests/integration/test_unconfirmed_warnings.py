"""Warnings that nobody confirmed are reminded of on the days of their rows, once each, with a real mail server."""

import random
import re
from datetime import date
from email.message import EmailMessage

import psycopg
import pytest

from alerts.channels import backoff
from alerts.channels.base import Unreachable
from pipeline import reminding
from pipeline.mailbox import fetching
from tests.integration import mailboxes, warned_season
from tests.integration.letterbox import Letterbox, free_port
from tests.integration.reminded import DA_MAI, contact, remind
from tests.integration.test_reminders import remind_and_die, text
from tests.integration.warned_season import Event, Listed, Model, Office, Turn
from warehouse import clock

LISTED = re.compile(r"^- .*\(mã (\d{5})\).*\n  (\d+) điểm cảnh báo, chỉ tiêu (.*)$", re.MULTILINE)
OCCURRED = "2026-11-09T09:00:00+07:00"
"""A Monday: three working days later is Thursday 12/11, ten are Monday 23/11."""


def warned(session: psycopg.Connection, unit: str = DA_MAI, at: str = OCCURRED) -> Office:
    """A report with three warnings."""
    office = Office(session)
    with clock.at(at):
        office.happens(Event(clock.now(), unit, "report", tuple(warned_season.INDICATORS)))
    return office


def listed(letter: EmailMessage) -> list[Listed]:
    found = [(unit, int(count), tuple(codes.split(", "))) for unit, count, codes in LISTED.findall(text(letter))]
    assert all(count == len(codes) for _, count, codes in found)
    return sorted((unit, codes) for unit, _, codes in found)


def is_about_warnings(letter: EmailMessage) -> bool:
    return letter["Subject"].startswith("Số liệu chờ đơn vị xác nhận")


def test_a_season_of_warnings_reminds_as_one_would_count_on_paper(season, letterbox, monkeypatch):
    monkeypatch.setattr(backoff, "WAIT_SECONDS", 0.01)
    monkeypatch.setenv("BAOCAO_SMTP_CONNECTIONS", "1")
    for unit in [*warned_season.UNITS[:-1], warned_season.OUTSTANDING]:
        contact(season, unit, warned_season.recipient(unit))
    chance = random.Random(29)
    events = warned_season.draw_events(chance)
    turns = warned_season.draw_turns(chance, lost=12, killed=[date(2026, 11, 16)], unanswered=[date(2026, 11, 20)])
    model, office = Model(), Office(season)
    for turn in turns:
        while events and events[0].at <= turn.at:
            for side in (model, office):
                side.happens(events[0])
            events.pop(0)
        play(turn, model, letterbox)
    assert office.ledger() == model.status
    assert {"sent", "skipped", "cancelled", "no_contact"} <= set(model.status.values())

    first = {letter["Message-ID"]: letter for letter in reversed(letterbox.letters) if is_about_warnings(letter)}
    found: dict[str, list[list[Listed]]] = {}
    for letter in reversed(first.values()):
        found.setdefault(letter["To"], []).append(listed(letter))
    expected: dict[str, list[list[Listed]]] = {}
    for (_, to), reports in sorted(model.letters.items()):
        expected.setdefault(to, []).append(reports)
    assert found == expected
    a_day = season.execute(
        "select recipient, (sent_at at time zone 'Asia/Ho_Chi_Minh')::date, count(*) from ops.message "
        "where status = 'sent' group by 1, 2 having count(*) > 1"
    )
    assert a_day.fetchall() == [], "a unit has one reminder a day, whatever it is about"
    sent = season.execute("select message_id from ops.message where status = 'sent'").fetchall()
    assert {message_id for (message_id,) in sent} == {letter["Message-ID"] for letter in letterbox.letters}


def play(turn: Turn, model: Model, letterbox: Letterbox) -> None:
    if turn.fate == "lost":
        return
    if turn.fate == "killed":
        remind_and_die(letterbox, turn.at.isoformat())
        return
    model.run(turn)
    with pytest.MonkeyPatch.context() as patched:
        if turn.fate == "unanswered":
            patched.setenv("BAOCAO_SMTP_URL", f"smtp://127.0.0.1:{free_port()}")
        try:
            remind(turn.at.isoformat())
        except Unreachable:
            assert turn.fate == "unanswered"


WAITS = """
insert into ops.approval_request (submission_id, stage, approver, allows_own, on_time_by, requested_at)
select submission_id, 'counting', 'unit', false, 'received', decided_at from ops.submission_verdict
where submission_id = %s
"""
APPROVED = """
insert into ops.report_approval (submission_id, stage, decision, accepted_seq, decided_at, decided_by)
values (%s, 'counting', 'approved', nextval('ops.submission_verdict_accepted_seq_seq'), %s, 'giả định')
"""
THIRD_DAY, TENTH_DAY = "2026-11-12T07:00:00+07:00", "2026-11-23T07:00:00+07:00"


def test_the_letter_names_the_page_and_no_figure_and_is_answered_with_a_correction(
    season, letterbox, monkeypatch, tmp_path
):
    season.execute("truncate ops.received_mail, ops.account restart identity cascade")
    box = mailboxes.MaildirMailbox(tmp_path / "maildir")
    monkeypatch.setenv("BAOCAO_MAILBOX_URL", box.url())
    monkeypatch.setenv("BAOCAO_SIGN_IN", "on")
    monkeypatch.setenv("BAOCAO_PAGES_URL", "https://baocao.example.vn")
    contact(season, DA_MAI, "da-mai@example.org")
    contact(season, "24", "tinh@example.org", "supervisor")
    office = warned(season)
    assert remind(THIRD_DAY).sent == 1
    (letter,) = letterbox.letters
    assert letter["Subject"] == "Số liệu chờ đơn vị xác nhận: Phường Đa Mai, năm 2026"
    assert listed(letter) == [(DA_MAI, ("2", "3.1", "5.1"))]
    address = "https://baocao.example.vn/bao-cao-cua-toi/xac-nhan?programme=bacninh-2026-2030&period=2026"
    assert address in text(letter) and "trả lời thư này" in text(letter) and "95" not in text(letter)
    assert address.replace("&", "&amp;") in letter.get_body(("html",)).get_content()
    rows = reminding.listed(season)
    assert [(row["stage"], row["audience"], row["status"]) for row in rows if row["unit_code"] == DA_MAI] == [
        ("unconfirmed_3", "reporter", "sent")
    ]

    correction = "programme;period;unit_code;indicator;numerator;denominator;submission_type;made_up\n"
    line = f"bacninh-2026-2030;2026;{DA_MAI};5.1;291;300;correction;có\n"
    answer = mailboxes.reply(letter, [("sua.csv", (correction + line).encode())])
    box.deliver(answer.as_bytes())
    with clock.at("2026-11-13T09:00:00+07:00"):
        assert fetching.fetch() == fetching.Fetched(received=1)
    letterbox.letters.clear()
    remind("2026-11-30T07:00:00+07:00")
    letters = {letter["To"]: letter for letter in letterbox.letters}
    assert (DA_MAI, ("2", "3.1")) in listed(letters["da-mai@example.org"]), "5.1 was corrected"
    assert office.ledger()[(DA_MAI, 1), "unconfirmed_10"] == "sent"
    assert re.search(r"Chờ đơn vị xác nhận hoặc sửa: \d+ điểm cảnh báo", text(letters["tinh@example.org"]))


def test_a_report_that_waits_for_its_approval_or_whose_period_is_closed_is_not_asked_about(season, letterbox):
    contact(season, DA_MAI, "da-mai@example.org")
    (submission,) = warned(season).submissions
    season.execute(WAITS, [submission])
    assert remind(THIRD_DAY).sent == 0
    season.execute(APPROVED, [submission, "2026-11-13T09:00:00+07:00"])
    assert remind("2026-11-17T07:00:00+07:00").sent == 0, "three working days after Friday 13/11 are 18/11"
    assert remind("2026-11-18T07:00:00+07:00").sent == 1
    season.execute(
        "insert into ops.period_closing (programme_code, period, closed_at) values ('bacninh-2026-2030', '2026', %s)",
        ["2026-11-20T09:00:00+07:00"],
    )
    try:
        assert remind("2026-12-14T07:00:00+07:00").sent == 0
    finally:
        season.execute("delete from ops.period_closing")


def test_who_has_no_contact_is_marked_and_written_to_once_there_is_one(season, letterbox):
    office = warned(season)
    assert remind(THIRD_DAY).no_contact == 1
    assert office.ledger() == {((DA_MAI, 1), "unconfirmed_3"): "no_contact"}
    contact(season, DA_MAI, "da-mai@example.org")
    assert remind("2026-11-13T07:00:00+07:00").sent == 1
    assert remind("2026-11-13T08:00:00+07:00").sent == 0
    assert office.ledger() == {((DA_MAI, 1), "unconfirmed_3"): "sent"}
