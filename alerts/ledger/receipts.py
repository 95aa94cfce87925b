"""Receipts by mail: each verdict is planned once, and the verdicts of a recipient in a file become one message.

plan → enqueue → send → confirm, as for reminders. A verdict never changes, so what is queued is sent as it is.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import psycopg
from psycopg.rows import dict_row

from alerts import issues, receipt
from alerts.issues import Issue
from alerts.ledger import outbox
from alerts.receipt import Report
from warehouse import queries

DAYS = 5
"""A verdict that is older is no news any more: who gets a contact or a mail server later hears of the last days."""

PLAN = """
insert into ops.receipt_ledger (submission_id, status, planned_at)
select verdict.submission_id, 'planned', %(at)s
from ops.submission_verdict as verdict
join raw.submission as submission using (submission_id)
left join app.org_unit as units on units.unit_id = verdict.unit_id
left join ops.submission_origin as origin using (submission_id)
where verdict.decided_at > %(at)s - make_interval(days => %(days)s) and (
    origin.mail_no is not null or exists (
        select from ops.contact
        where contact.role = 'reporter' and contact.email is not null
            and contact.unit_code = coalesce(units.unit_code, submission.unit_code)
            and contact.agency_code = submission.agency_code))
    and not exists (
        select from ops.received_mail as mail
        where mail.status = 'receiving' and mail.begun_at > %(at)s - interval '1 hour'
            and submission.sha256 = any(mail.files))
order by verdict.accepted_seq
on conflict do nothing
"""

"""A file that is being received from a mail waits until that mail is its origin: the receipt goes into its thread."""

RETRY = """
update ops.receipt_ledger
set status = 'planned', message_id = null, planned_at = %(at)s, settled_at = null, unanswered_days = 0,
    unanswered_on = null
where status = 'failed' and settled_at <= %(at)s
"""

DUE = queries.load(__file__, "due_receipts")


def is_ready(connection: psycopg.Connection) -> bool:
    """Whether the catalogue of this release is built; before that no verdict of it can be there."""
    row = connection.execute("select to_regclass('app.report_contact') is not null").fetchone()
    return bool(row and row[0])


def plan(connection: psycopg.Connection, at: datetime) -> int:
    """Ledger rows for recent verdicts that have none and whose unit has an e-mail address; returns how many."""
    return connection.execute(PLAN, {"at": at, "days": DAYS}).rowcount


def retry(connection: psycopg.Connection, at: datetime) -> int:
    """Plan receipts again that nobody took; returns how many."""
    return connection.execute(RETRY, {"at": at}).rowcount


def enqueue(connection: psycopg.Connection, run_id: int, at: datetime) -> None:
    """A message for each recipient and file with planned receipts, and the ledger tied to it."""
    due = _due(connection, at)
    found = issues.of_submissions(connection, [row["submission_id"] for _, rows in due for row in rows])
    for recipient, rows in due:
        reports = [_report(row, found.get(row["submission_id"], [])) for row in rows]
        of_file = f"{run_id} {rows[0]['batch_id']} {rows[0]['sha256']}"
        file_name = issues.file_name(rows[0]["file_name"])
        text = receipt.compose(reports, file_name, rows[0]["received_at"], takes_replies=outbox.takes_replies())
        message_id = outbox.identify("email", recipient, of_file)
        of_mail = rows[0]["in_reply_to"], rows[0]["thread"] or ()
        outbox.insert(connection, message_id, "receipt", "email", recipient, text, at, *of_mail)
        connection.execute(
            "update ops.receipt_ledger set message_id = %s where ledger_id = any(%s)",
            [message_id, [report.ledger_id for report in reports]],
        )


def _due(connection: psycopg.Connection, at: datetime) -> list[tuple[str, list[dict[str, Any]]]]:
    """The planned receipts by recipient and file, in the order of arrival."""
    rows = connection.cursor(row_factory=dict_row).execute(DUE, {"at": at}).fetchall()
    key = itemgetter("received_at", "batch_id", "sha256", "recipient")
    return [(recipient, list(group)) for (*_, recipient), group in groupby(sorted(rows, key=key), key=key)]


def _report(row: dict[str, Any], found: Sequence[Issue]) -> Report:
    return Report(
        ledger_id=row["ledger_id"],
        status=row["status"],
        submission_type=row["submission_type"],
        is_document=row["form"] == "document",
        programme_name=row["programme_name"],
        period=row["known_period"],
        unit_code=row["unit_code"] or "",
        unit_name=row["unit_name"] or "",
        agency_name=row["agency_name"],
        addressees=row["addressees"],
        contact=row["contact"],
        issues=tuple(found),
        needs_approval=row["needs_approval"],
    )
