"""Letters about warnings that nobody confirmed: the unit that sent a report hears of them once a stage.

plan → cancel → enqueue → send → confirm, as for reminders of reports. A stage is due from its day on (catalogue seed
warning_stages), counted from the day from which the report counts. Of the stages that are due the latest is planned.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import psycopg
from psycopg.rows import dict_row

from alerts import warning
from alerts.ledger import outbox
from warehouse import queries
from warehouse.clock import ZONE

UNCONFIRMED = queries.load(__file__, "unconfirmed")
DUE = queries.load(__file__, "due_warnings")

STAGES = """
create temporary table unconfirmed_stage on commit preserve rows as
select unconfirmed.submission_id, stage.stage, stage.sort_order, stage.fires_on
from unconfirmed
join app.warning_stage as stage using (programme_code, counted_from_on)
"""

PLAN = """
with due as (
    select submission_id, stage,
        row_number() over (partition by submission_id order by sort_order desc) = 1 as is_latest
    from unconfirmed_stage
    where fires_on <= %(today)s
)
insert into ops.warning_ledger as ledger (submission_id, stage, status, planned_at, settled_at)
select submission_id, stage, case when is_latest then 'planned' else 'skipped' end, %(at)s,
    case when not is_latest then %(at)s end
from due
on conflict (submission_id, stage) do update
set status = 'planned', planned_at = excluded.planned_at, settled_at = null, message_id = null
where excluded.status = 'planned' and ledger.status = 'cancelled' and ledger.settled_at <= excluded.planned_at
    and not exists (
        select from ops.message where message.message_id = ledger.message_id and message.attempts > 0)
"""
"""What was cancelled unsent is planned again where it holds again: an approver returned the correction."""

SUPERSEDE = """
update ops.warning_ledger as ledger
set status = case when ledger.unanswered_days > 0 then 'failed' else 'skipped' end, settled_at = %(at)s
from unconfirmed_stage as own
join unconfirmed_stage as higher using (submission_id)
join ops.warning_ledger as later on later.submission_id = higher.submission_id and later.stage = higher.stage
where ledger.submission_id = own.submission_id and ledger.stage = own.stage
    and ledger.status in ('planned', 'no_contact') and higher.sort_order > own.sort_order
    and later.status in ('planned', 'no_contact', 'sent') and later.planned_at <= %(at)s
    and not exists (
        select from ops.message
        where message.message_id = ledger.message_id and message.status = 'queued' and message.attempts > 0)
"""

CANCEL = """
update ops.warning_ledger as ledger set status = 'cancelled', settled_at = %(at)s
where status in ('planned', 'no_contact') and planned_at <= %(at)s and not exists (
    select from unconfirmed where unconfirmed.submission_id = ledger.submission_id)
"""

WITHDRAW = """
with withdrawn as (
    update ops.message set status = 'cancelled'
    where status = 'queued' and kind = 'warning' and queued_at <= %(at)s and (attempts = 0 or not exists (
        select from ops.warning_ledger as ledger
        where ledger.message_id = message.message_id and ledger.status = 'planned'))
    returning message_id)
update ops.warning_ledger as ledger set message_id = null from withdrawn
where ledger.message_id = withdrawn.message_id and ledger.status = 'planned'
"""

WITHOUT_CONTACT = """
update ops.warning_ledger as ledger
set status = case when unconfirmed.recipient is null then 'no_contact' else 'planned' end
from unconfirmed
where unconfirmed.submission_id = ledger.submission_id and ledger.message_id is null
    and ledger.status = case when unconfirmed.recipient is null then 'planned' else 'no_contact' end
returning unconfirmed.unit_code, unconfirmed.programme_code, unconfirmed.period, 'reporter', ledger.status
"""

RETRY = """
update ops.warning_ledger as ledger
set status = 'planned', message_id = null, planned_at = %(at)s, settled_at = null, unanswered_days = 0,
    unanswered_on = null
from unconfirmed
where unconfirmed.submission_id = ledger.submission_id and ledger.status = 'failed' and ledger.settled_at <= %(at)s
    and not exists (
        select from ops.warning_ledger as later
        where later.submission_id = ledger.submission_id and later.planned_at > ledger.planned_at
            and later.status <> 'cancelled')
"""


def create_unconfirmed_table(connection: psycopg.Connection) -> None:
    """Reports with unconfirmed warnings in force and their stages, in tables of this session: each step of a run sees
    the same state.
    """
    connection.execute("drop table if exists pg_temp.unconfirmed, pg_temp.unconfirmed_stage")
    connection.execute(UNCONFIRMED)
    connection.execute("analyze unconfirmed")
    connection.execute(STAGES)
    connection.execute("analyze unconfirmed_stage")


def plan(connection: psycopg.Connection, at: datetime) -> int:
    """Ledger rows for the stages that are due and have none, or whose row was cancelled unsent; returns how many."""
    values = {"at": at, "today": at.astimezone(ZONE).date()}
    planned = connection.execute(PLAN, values).rowcount
    connection.execute(SUPERSEDE, values)
    return planned


def retry(connection: psycopg.Connection, at: datetime) -> int:
    """Plan letters again that nobody took, the latest stage of each; returns how many."""
    return connection.execute(RETRY, {"at": at}).rowcount


def cancel(connection: psycopg.Connection, at: datetime) -> int:
    """Cancel unsent rows about which nothing has to be confirmed any more; returns how many.

    Messages that no server can have taken are withdrawn and composed anew.
    """
    cancelled = connection.execute(CANCEL, {"at": at}).rowcount
    connection.execute(WITHDRAW, {"at": at})
    return cancelled


def match_contacts(connection: psycopg.Connection) -> list[tuple[str, str, str, str]]:
    """Mark rows without anybody to write to, and take up those who have a contact by now.

    Returns unit, programme, period and audience of the newly marked ones.
    """
    rows = connection.execute(WITHOUT_CONTACT).fetchall()
    return [
        (unit, programme, period, audience)
        for unit, programme, period, audience, status in rows
        if status == "no_contact"
    ]


def enqueue(connection: psycopg.Connection, run_id: int, at: datetime) -> None:
    """A message for each recipient, who has no other reminder on this day; the ledger tied to it."""
    for recipient, rows in _due(connection, at):
        text = warning.compose(rows, takes_replies=outbox.takes_replies())
        message_id = outbox.identify("email", recipient, f"{run_id} unconfirmed")
        outbox.insert(connection, message_id, "warning", "email", recipient, text, at)
        connection.execute(
            "update ops.warning_ledger set message_id = %s where ledger_id = any(%s)",
            [message_id, [row["ledger_id"] for row in rows]],
        )


def _due(connection: psycopg.Connection, at: datetime) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    values = {"at": at, "today": at.astimezone(ZONE).date()}
    rows = connection.cursor(row_factory=dict_row).execute(DUE, values).fetchall()
    for recipient, group in groupby(rows, key=itemgetter("recipient")):
        yield recipient, list(group)
