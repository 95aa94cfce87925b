"""Letters about mails that brought no new report: to the sender in its thread, or to who looks after an address."""

from datetime import datetime

import psycopg

from alerts import answer, issues
from alerts.ledger import outbox

PLAN = """
insert into ops.answer_ledger (mail_no, recipient, reason, detail, status, planned_at)
select mail_no, sender, reason, detail, 'planned', %(at)s from ops.received_mail as mail
where mail_no = %(mail)s and not exists (
    select from ops.answer_ledger as earlier join ops.received_mail as other using (mail_no)
    where earlier.reason = mail.reason and (mail.reason = %(once)s or earlier.planned_at >= %(day)s)
        and earlier.recipient = mail.sender and other.sender = mail.sender and other.letters && mail.letters)
on conflict do nothing
"""
PLAN_FOR = """
insert into ops.answer_ledger (mail_no, recipient, reason, detail, status, planned_at)
values (%s, %s, %s, %s, 'planned', %s) on conflict do nothing
"""
DUE = """
select ledger.ledger_id, ledger.reason, coalesce(ledger.detail, ''), ledger.recipient,
    case when ledger.recipient = mail.sender then mail.message_id end,
    case when ledger.recipient = mail.sender then mail.thread else '{}' end
from ops.answer_ledger as ledger join ops.received_mail as mail using (mail_no)
where ledger.status = 'planned' and ledger.message_id is null and ledger.planned_at <= %s order by ledger.ledger_id
"""
RETRY = """
update ops.answer_ledger
set status = 'planned', message_id = null, planned_at = %(at)s, settled_at = null, unanswered_days = 0,
    unanswered_on = null
where status = 'failed' and settled_at <= %(at)s
"""

ONCE = "no_files"
"""How to attach a file is explained once to each sender of a thread; any other reason once a day."""


def plan(connection: psycopg.Connection, mail_no: int, at: datetime) -> None:
    """A row for the mail, by its own reason, unless it has one or its sender had the same letter today in the thread.

    at: aware, in the time zone whose days count. A program that answers each letter with a mail gets one a day.
    """
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    connection.execute(PLAN, {"mail": mail_no, "at": at, "once": ONCE, "day": day})


def plan_for(
    connection: psycopg.Connection, mail_no: int, recipient: str, reason: str, detail: str, at: datetime
) -> None:
    """A row for somebody else ("a@x, b@x" for two addresses). detail: as the letter shows it."""
    connection.execute(PLAN_FOR, [mail_no, recipient, reason, detail, at])


def retry(connection: psycopg.Connection, at: datetime) -> int:
    """Plan answers again that nobody took; returns how many."""
    return connection.execute(RETRY, {"at": at}).rowcount


def enqueue(connection: psycopg.Connection, run_id: int, at: datetime) -> None:
    """A message for each planned answer, and the ledger tied to it."""
    for ledger_id, reason, detail, recipient, mail_id, thread in connection.execute(DUE, [at]).fetchall():
        shown = detail if reason == answer.RETURNED else issues.file_names(detail)
        text = answer.compose(reason, shown)
        message_id = outbox.identify("email", recipient, f"{run_id} answer {ledger_id}")
        outbox.insert(connection, message_id, "answer", "email", recipient, text, at, mail_id, thread)
        values = [message_id, ledger_id]
        connection.execute("update ops.answer_ledger set message_id = %s where ledger_id = %s", values)
