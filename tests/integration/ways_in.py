"""The same small season handed in by three ways: the folder, the pages, answers to letters. All figures are made up.

Each way gets the same reports at the same times, with the same accounts, contacts and daily runs; what it leaves in the
warehouse is read without what names the way: ids, files, origins.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import openpyxl
import psycopg
import pytest

from pipeline import building, mailing, receiving, reminding
from pipeline.mailbox import fetching
from publish.forms import prefill, queries
from publish.forms import workbook as form_workbook
from tests.integration import desk
from tests.integration.letterbox import Letterbox
from tests.integration.mailboxes import MaildirMailbox, reply
from tests.integration.served import Served
from warehouse import database
from warehouse.settings import get_settings

PROGRAMME, PERIOD = "bacninh-2026-2030", "2026"
PUNCTUAL, RETURNED, TYPED, MISSING = "07228", "07210", "09169", "07246"
UNITS = [PUNCTUAL, RETURNED, TYPED, MISSING]
CONTACTS = [*((unit, "reporter") for unit in UNITS), ("24", "supervisor"), ("24", "owner")]
SINCE = """
insert into ops.pipeline_run (run_id, step, status, as_of) overriding system value
values (0, 'receive', 'succeeded', '2026-10-01+07')
"""
Cells = dict[str, tuple[str, str, str]]
"""Numerator, denominator and value by indicator, as somebody writes them."""


class Report(NamedTuple):
    """is_typed: on the pages it is typed into the form; else a workbook is uploaded."""

    at: str
    unit: str
    cells: Cells
    is_correction: bool = False
    is_typed: bool = False


REPORTS = [
    Report("2026-11-17T09:00:00+07:00", PUNCTUAL, {"5.1": ("291", "300", ""), "2": ("", "", "97,5")}),
    Report("2026-11-18T09:00:00+07:00", RETURNED, {"5.1": ("310", "300", ""), "4.1": ("95", "100", "")}),
    Report("2026-11-24T09:00:00+07:00", TYPED, {"5.1": ("100", "300", ""), "3.1": ("", "", "<2,6")}, is_typed=True),
    Report("2026-11-30T09:00:00+07:00", RETURNED, {"5.1": ("290", "300", ""), "4.1": ("95", "100", "")}),
    Report("2026-12-01T09:00:00+07:00", TYPED, {"5.1": ("285", "300", "")}, is_correction=True, is_typed=True),
]
DAYS = ["2026-11-15", "2026-11-20", "2026-11-22", "2026-11-27", "2026-11-28", "2026-11-30", "2026-12-02", "2026-12-08"]
"""Of daily runs: those on which a stage of the ladders begins, in the morning before reports arrive."""


class Way(Protocol):
    def hand_in(self, report: Report) -> None: ...


class Folder:
    """A workbook is laid into the inbox, and the step `receive` empties it."""

    def hand_in(self, report: Report) -> None:
        inbox = Path(get_settings().inbox)
        inbox.mkdir(exist_ok=True)
        file = inbox / f"{report.unit}.xlsx"
        file.write_bytes(filled(template(report.unit), report))
        arrived = datetime.fromisoformat(report.at).timestamp()
        os.utime(file, (arrived, arrived))
        receiving.receive()


class Pages:
    """An officer signs in, and uploads a workbook or types the report."""

    def __init__(self, served: Served) -> None:
        self.served = served

    def hand_in(self, report: Report) -> None:
        client = desk.Client(self.served.address)
        assert client.sign_in(address(report.unit)).status_code == 303
        if report.is_typed:
            self._type(client, report)
            return
        keys = {"programme": PROGRAMME, "period": PERIOD}
        empty = client.get("/bao-cao-cua-toi/bieu-mau", **keys).content
        sent = client.post("/bao-cao-cua-toi/nop", files=[("bao-cao.xlsx", filled(empty, report))])
        assert sent.status_code == 303, sent.text

    def _type(self, client: desk.Client, report: Report) -> None:
        form, keys = "/bao-cao-cua-toi/nhap", {"programme": PROGRAMME, "period": PERIOD}
        text = client.get(form, **keys).text
        fields = dict(re.findall(r'<input (?:type="hidden"|id="[^"]*") name="([^"]+)" value="([^"]*)"', text))
        fields = {name: value.replace("&lt;", "<") for name, value in fields.items()}
        for indicator, cells in report.cells.items():
            fields |= {
                f"{part}:{indicator}": cell
                for part, cell in zip(("numerator", "denominator", "value"), cells, strict=True)
                if cell
            }
        sent = client.post(form, {**fields, "action": "nop"})
        if sent.status_code == 200:  # warnings are shown once before it is handed in
            seen = re.search(r'name="seen" value="([^"]*)"', sent.text)
            assert seen is not None, sent.text
            sent = client.post(form, {**fields, "action": "nop", "seen": seen[1]})
        assert sent.status_code == 303, sent.text


class Mail:
    """A reply to the newest letter to the unit, with the form that a reminder carried."""

    def __init__(self, letterbox: Letterbox, box: MaildirMailbox) -> None:
        self.letterbox, self.box = letterbox, box
        self.forms: dict[str, bytes] = {}

    def hand_in(self, report: Report) -> None:
        letters = [letter for letter in self.letterbox.letters if letter["To"] == address(report.unit)]
        form = next(attached(letter) for letter in letters if list(letter.iter_attachments()))
        self.box.deliver(reply(letters[-1], [("bao-cao.xlsx", filled(form, report))]).as_bytes())
        assert fetching.fetch().received == 1


def play(way: Way) -> None:
    """The whole season: each morning's run, then what arrives on that day or before the next."""
    waiting = list(REPORTS)
    for day in DAYS:
        with pytest.MonkeyPatch.context() as environment:
            while waiting and waiting[0].at < day:
                environment.setenv("BAOCAO_NOW", waiting[0].at)
                way.hand_in(waiting.pop(0))
                mailing.mail_receipts()
            environment.setenv("BAOCAO_NOW", f"{day}T07:00:00+07:00")
            reminding.remind()
    assert waiting == []
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BAOCAO_NOW", "2026-12-09T08:00:00+07:00")
        building.build()


def introduce() -> None:
    """A warehouse that began in October, with contacts and accounts."""
    with database.connect() as connection:
        connection.execute(SINCE)
        connection.cursor().executemany(
            "insert into ops.contact (unit_code, role, email) values (%s, %s, %s)",
            [(unit, role, address(unit, role)) for unit, role in CONTACTS],
        )
    for unit in UNITS:
        desk.account(address(unit), unit)


def address(unit: str, role: str = "reporter") -> str:
    return f"{role}-{unit}@example.org"


def template(unit: str) -> bytes:
    with database.connect() as connection:
        (form,) = prefill.beside(connection, [queries.form(connection, PROGRAMME, unit, PERIOD)])
    return form_workbook.render(form, {})


def attached(letter: EmailMessage) -> bytes:
    content = next(letter.iter_attachments()).get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def filled(form: bytes, report: Report) -> bytes:
    """The form as an officer fills it in with Excel."""
    book = openpyxl.load_workbook(BytesIO(form))
    sheet = book["Báo cáo"]
    for row in sheet.iter_rows():
        if row[0].value == "Loại báo cáo" and report.is_correction:
            row[1].value = "đính chính"
        if row[0].value in report.cells:
            for cell, text in zip(row[3:6], report.cells[str(row[0].value)], strict=True):
                if text:
                    cell.value = int(text) if text.isdecimal() else text
    content = BytesIO()
    book.save(content)
    return content.getvalue()


NAMES_THE_WAY = re.compile(r"submission_id|line_id|sha256|file|sheet|cell|row_no|batch|issue_id|address|column")
"""Columns that say how and as what a report came in."""
DECISIONS = {
    "verdicts": """
        select submission.programme_code, submission.period, submission.unit_code, submission.submission_type,
            verdict.unit_id, verdict.status, verdict.decided_at, submission.received_at, array(
                select row(issue.severity, issue.rule, issue.message_vi, issue.indicator_code)::text
                from ops.submission_issue as issue where issue.submission_id = submission.submission_id order by 1)
        from raw.submission join ops.submission_verdict as verdict using (submission_id) order by decided_at""",
    "alerts": """
        select programme_code, period, unit_code, agency_code, deadline_revision, stage, audience, channel, status,
            planned_at, settled_at from ops.alert_ledger order by 1, 2, 3, 4, 5, 6, 7, 8""",
    "warnings": """
        select submission.unit_code, submission.submission_type, stage, status, planned_at, ledger.settled_at
        from ops.warning_ledger as ledger join raw.submission using (submission_id) order by 1, 2, 3""",
    "receipts": """
        select submission.unit_code, submission.submission_type, verdict.status, ledger.status
        from ops.receipt_ledger as ledger join raw.submission using (submission_id)
        join ops.submission_verdict as verdict using (submission_id) order by verdict.decided_at""",
    "reminders": """
        select kind, recipient, subject, regexp_replace(body_text, 'http://127.0.0.1:\\d+', ''), status, sent_at
        from ops.message where kind in ('digest', 'warning') order by sent_at, recipient""",
}


def left_behind() -> dict[str, list[Any]]:
    """Every row of the marts, and of the decisions and ledgers, without what names the way."""
    with database.connect() as connection:
        marts = dict(_marts(connection))
        return marts | {name: connection.execute(query.encode()).fetchall() for name, query in DECISIONS.items()}


def _marts(connection: psycopg.Connection) -> Iterator[tuple[str, list[str]]]:
    tables = connection.execute(
        "select table_name, array_agg(column_name::text order by ordinal_position) from information_schema.columns "
        "where table_schema = 'marts' group by 1 order by 1"
    ).fetchall()
    for table, columns in tables:
        kept = ", ".join(f'"{column}"' for column in columns if not NAMES_THE_WAY.search(column))
        rows = connection.execute(f"select row({kept})::text from marts.{table}".encode()).fetchall()
        yield table, sorted(row for (row,) in rows)


@contextmanager
def settings(letterbox_url: str, box: MaildirMailbox) -> Iterator[pytest.MonkeyPatch]:
    """The same for every way: sign-in, a mail server and a mailbox are there whether a way uses them or not."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {
            "BAOCAO_SIGN_IN": "on",
            "BAOCAO_NOW": "2026-11-15T06:00:00+07:00",
            "BAOCAO_INBOX_QUIET_SECONDS": "0",
            "BAOCAO_SMTP_URL": letterbox_url,
            "BAOCAO_MAILBOX_URL": box.url(),
            "BAOCAO_MAILBOX_ADDRESS": "bao-cao@example.org",
        }.items():
            environment.setenv(name, value)
        yield environment
