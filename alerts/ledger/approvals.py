"""Letters about approvals: the approver hears once that a report waits and once that time is up, the sender what was
returned.

plan → cancel → enqueue → send → confirm, as for reminders. What waits for several days in a queue is composed again.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

import psycopg
from psycopg.rows import dict_row

from alerts import approval
from alerts.ledger import outbox
from warehouse import queries

DAYS = 5
"""What is older is no news any more: who gets an account or a mail server later hears of the last days."""

PLAN = """
insert into ops.approval_ledger (submission_id, stage, notice, status, planned_at)
select submission_id, stage, notice, 'planned', %(at)s from (
    select submission_id, stage, 'requested' as notice, decided_at as since from newest
    union all
    select submission_id, stage, 'overdue', due_at from newest
    union all
    select submission_id, stage, 'returned', decided_at from returned
) as news
where since <= %(at)s and since > %(at)s - make_interval(days => %(days)s)
on conflict do nothing
"""
NEWEST = """
newest as (
    select distinct on (programme_code, period, unit_id, agency_code, stage) *
    from ops.awaiting_approval
    order by programme_code, period, unit_id, agency_code, stage, accepted_seq desc),
returned as (
    select distinct on (version.programme_code, version.period, version.unit_id, version.agency_code, decided.stage,
            decided.decided_at)
        decided.submission_id, decided.stage, decided.decided_at
    from ops.report_approval as decided join ops.report_version as version using (submission_id)
    where decided.decision = 'returned'
    order by version.programme_code, version.period, version.unit_id, version.agency_code, decided.stage,
        decided.decided_at, version.accepted_seq desc)
"""
"""Versions that are decided about together have one letter, about the newest."""

UNTRIED = "select message_id from ops.message where kind = 'approval' and status = 'queued' and attempts = 0"
WITHDRAW = (
    f"update ops.approval_ledger set message_id = null where message_id in ({UNTRIED})",
    f"delete from ops.message where message_id in ({UNTRIED})",
)
CANCEL = f"""
with {NEWEST}
update ops.approval_ledger as ledger set status = 'cancelled', settled_at = %(at)s
where ledger.status = 'planned' and ledger.message_id is null and ledger.notice <> 'returned' and not exists (
    select from newest where newest.submission_id = ledger.submission_id and newest.stage = ledger.stage)
"""
RETRY = """
update ops.approval_ledger
set status = 'planned', message_id = null, planned_at = %(at)s, settled_at = null, unanswered_days = 0,
    unanswered_on = null
where status = 'failed' and settled_at <= %(at)s
"""
DUE = queries.load(__file__, "due_approvals")


def plan(connection: psycopg.Connection, at: datetime) -> int:
    """Ledger rows for what waits or was returned and has none; cancels what nobody waits for. Returns how many."""
    for statement in WITHDRAW:
        connection.execute(statement)
    planned = connection.execute(f"with {NEWEST} {PLAN}", {"at": at, "days": DAYS}).rowcount
    connection.execute(CANCEL, {"at": at})
    return planned


def retry(connection: psycopg.Connection, at: datetime) -> int:
    """Plan letters again that nobody took; returns how many."""
    return connection.execute(RETRY, {"at": at}).rowcount


def enqueue(connection: psycopg.Connection, run_id: int, at: datetime) -> None:
    """A message for each recipient of what waits, and one of what was returned; the ledger tied to it."""
    for recipient, is_returned, rows in _due(connection, at):
        text = approval.compose(rows, is_returned=is_returned)
        about = f"{run_id} {'returned' if is_returned else 'waiting'}"
        message_id = outbox.identify("email", recipient, about)
        outbox.insert(connection, message_id, "approval", "email", recipient, text, at)
        connection.execute(
            "update ops.approval_ledger set message_id = %s where ledger_id = any(%s)",
            [message_id, [row["ledger_id"] for row in rows]],
        )


def _due(connection: psycopg.Connection, at: datetime) -> Iterator[tuple[str, bool, list[dict[str, Any]]]]:
    """The planned letters by recipient, those to approvers before those to senders."""

    def key(row: dict[str, Any]) -> tuple[str, bool]:
        return row["recipient"], row["notice"] == "returned"

    rows = connection.cursor(row_factory=dict_row).execute(DUE, {"at": at}).fetchall()
    for (recipient, is_returned), group in groupby(sorted(rows, key=key), key=key):
        yield recipient, is_returned, list(group)
