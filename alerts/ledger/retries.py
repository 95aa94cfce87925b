"""Alerts and receipts that nobody takes: counted by days, failed after too many of them, retried on request.

Alerts that were only logged, because no server was set, are planned again as soon as one is.
"""

from collections.abc import Iterable
from datetime import datetime

import psycopg

from alerts.ledger.outbox import LEDGERS
from alerts.message import QueuedMessage
from warehouse.clock import ZONE

DAYS = 5
"""On so many days nobody is reached, then an alert is failed. Days and not runs: a step that fails is run again soon,
and a server that is down for an hour is no reason to give anybody up.
"""

NOT_TAKEN = """
update {ledger} set last_error = %(error)s, unanswered_on = %(today)s,
    unanswered_days = unanswered_days + (unanswered_on is distinct from %(today)s)::int
where message_id = %(message_id)s and status = 'planned'
"""

GIVEN_UP = """
with outcomes as (
    select message_id, case when cardinality(taken_by) = 0 then 'failed' else 'sent' end as outcome
    from ops.message where message_id = %(message_id)s
), settled as (
    update {ledger} as ledger set status = outcomes.outcome, settled_at = %(at)s
    from outcomes
    where ledger.message_id = outcomes.message_id and ledger.status = 'planned'
        and ledger.unanswered_days >= %(max_days)s
    returning ledger.ledger_id
)
update ops.message set last_error = %(error)s,
    status = case when is_open then message.status else outcomes.outcome end,
    sent_at = case when not is_open and outcomes.outcome = 'sent' then %(at)s::timestamptz end
from outcomes
cross join lateral (
    select exists (
        select from {ledger} as ledger
        where ledger.message_id = outcomes.message_id and ledger.status = 'planned'
            and not exists (select from settled where settled.ledger_id = ledger.ledger_id)) as is_open) as waiting
where message.message_id = outcomes.message_id
returning message.status
"""

RETRY = """
update ops.alert_ledger as ledger
set status = 'planned', message_id = null, planned_at = %(at)s, settled_at = null, unanswered_days = 0,
    unanswered_on = null
from outstanding
where ledger.status = %(status)s and ledger.channel = any(%(channels)s) and ledger.settled_at <= %(at)s
    and (outstanding.programme_code, outstanding.period, outstanding.unit_id, outstanding.agency_code,
        outstanding.deadline_revision)
        = (ledger.programme_code, ledger.period, ledger.unit_id, ledger.agency_code, ledger.deadline_revision)
    and case ledger.stage when 'resolved' then outstanding.is_received else outstanding.is_outstanding end
    and not exists (
        select from ops.alert_ledger as later
        where later.planned_at > ledger.planned_at and later.status <> 'cancelled'
            and (later.programme_code, later.period, later.unit_id, later.agency_code, later.deadline_revision,
                later.audience, later.channel)
            = (ledger.programme_code, ledger.period, ledger.unit_id, ledger.agency_code, ledger.deadline_revision,
                ledger.audience, ledger.channel))
"""

FAILED = """
select (select count(*) from ops.alert_ledger where status = 'failed')
    + (select count(*) from ops.warning_ledger where status = 'failed')
"""


def note_failure(connection: psycopg.Connection, message: QueuedMessage, error: str, at: datetime) -> bool:
    """Nobody took it now: the message stays queued for the next run; returns whether it does.

    Rows of its ledger for which this is the last of DAYS days are given up: they are failed, or sent where one address
    of several had taken the message; it is settled with the last of them.
    """
    values = {
        "message_id": message.message_id,
        "error": error,
        "at": at,
        "today": at.astimezone(ZONE).date(),
        "max_days": DAYS,
    }
    ledger = LEDGERS[message.kind]
    connection.execute(NOT_TAKEN.format(ledger=ledger), values)
    row = connection.execute(GIVEN_UP.format(ledger=ledger), values).fetchone()
    return row == ("queued",)


def retry(connection: psycopg.Connection, at: datetime) -> int:
    """Plan failed alerts again, the latest stage of each that is still true; returns how many.

    Reads the session's `outstanding` (planning.create_outstanding_table), and goes after planning.plan: a later
    stage takes their place.
    """
    return _plan_again(connection, "failed", ("email", "webhook"), at)


def send_logged(connection: psycopg.Connection, usable: Iterable[str], at: datetime) -> int:
    """Plan again, in the same way, what was only logged, for the channels that can be used by now; returns how many."""
    return _plan_again(connection, "logged", usable, at)


def _plan_again(connection: psycopg.Connection, status: str, channels: Iterable[str], at: datetime) -> int:
    return connection.execute(RETRY, {"status": status, "channels": list(channels), "at": at}).rowcount


def failed(connection: psycopg.Connection) -> int:
    """How many alerts have the status failed."""
    row = connection.execute(FAILED).fetchone()
    return row[0] if row else 0
