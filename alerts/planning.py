"""Who is to be told what: overdue reports become rows of the ledger, once, whatever is run again."""

from datetime import datetime

import psycopg

from warehouse import moments

STAGE, AUDIENCE, CHANNEL = "missing", "reporter", "email"

PLAN = """
insert into ops.alert_ledger as ledger (programme_code, period, unit_id, unit_code, agency_code, deadline_revision,
    deadline_at, stage, audience, channel, status, planned_at)
select programme_code, period, unit_id, unit_code, agency_code, deadline_revision, deadline_at,
    %(stage)s, %(audience)s, %(channel)s, 'planned', %(moment)s
from marts.fct_report_obligation
where is_overdue and deadline_at >= (select min(moment) from ops.pipeline_run)
on conflict (programme_code, period, unit_id, agency_code, deadline_revision, stage, audience, channel) do update
set status = 'planned', planned_at = excluded.planned_at, settled_at = null, message_id = (
    select message_id from ops.message where message.message_id = ledger.message_id and message.status = 'frozen')
where ledger.status = 'cancelled' and ledger.settled_at <= excluded.planned_at and not exists (
    select from ops.message where message.message_id = ledger.message_id and message.status = 'sent')
"""

CANCEL = """
update ops.alert_ledger as ledger set status = 'cancelled', settled_at = %(moment)s
where ledger.status in ('planned', 'no_contact') and ledger.planned_at <= %(moment)s and not exists (
    select from marts.fct_report_obligation as obligation
    where obligation.is_overdue and obligation.programme_code = ledger.programme_code
        and obligation.period = ledger.period and obligation.unit_id = ledger.unit_id
        and obligation.agency_code = ledger.agency_code
        and obligation.deadline_revision = ledger.deadline_revision)
"""

WITHDRAW = """
with withdrawn as (
    update ops.message set status = 'failed', last_error = 'not sent: reports had arrived'
    where status = 'frozen' and (
        attempts = 0 and exists (
            select from ops.alert_ledger as ledger
            where ledger.message_id = message.message_id and ledger.status = 'cancelled')
        or not exists (
            select from ops.alert_ledger as ledger
            where ledger.message_id = message.message_id and ledger.status = 'planned'))
    returning message_id)
update ops.alert_ledger as ledger set message_id = null from withdrawn
where ledger.message_id = withdrawn.message_id and ledger.status = 'planned'
"""

WITHOUT_CONTACT = """
update ops.alert_ledger as ledger set status = case when known.is_known then 'planned' else 'no_contact' end
from (
    select ledger_id, exists (
        select from ops.contact
        where contact.unit_code = ledger.unit_code and contact.agency_code = ledger.agency_code
            and contact.role = ledger.audience and contact.email is not null) as is_known
    from ops.alert_ledger as ledger) as known
where ledger.ledger_id = known.ledger_id and ledger.message_id is null
    and ledger.status = case when known.is_known then 'no_contact' else 'planned' end
returning ledger.unit_code, ledger.programme_code, ledger.period, ledger.status
"""


def look_at(connection: psycopg.Connection, moment: datetime) -> None:
    """From here on this session reads the marts as they stand at `moment`."""
    moments.set_moment(connection, moment)


def knows_obligations(connection: psycopg.Connection) -> bool:
    """Whether a build has made the marts yet; before the first one nothing can be overdue."""
    row = connection.execute("select to_regclass('marts.fct_report_obligation') is not null").fetchone()
    return bool(row and row[0])


def plan(connection: psycopg.Connection, moment: datetime) -> int:
    """A ledger row for each overdue report that has none yet, or whose row was cancelled unsent; returns how many.

    Baseline reports and those without a deadline are never overdue; a deadline that passed before the warehouse's
    first run is history, and nobody is written to about it. A run does not plan again what was cancelled at a later
    moment than its own.
    """
    keys = {"stage": STAGE, "audience": AUDIENCE, "channel": CHANNEL, "moment": moment}
    return connection.execute(PLAN, keys).rowcount


def cancel(connection: psycopg.Connection, moment: datetime) -> int:
    """Rows not told yet whose report has come meanwhile; returns how many.

    A message that no server can have taken is withdrawn with any of its rows, and the others get a new one. One that
    may have been delivered goes on as it is, unless none of its rows is left. Rows planned at a later moment stay.
    """
    cancelled = connection.execute(CANCEL, {"moment": moment}).rowcount
    connection.execute(WITHDRAW)
    return cancelled


def match_contacts(connection: psycopg.Connection) -> list[tuple[str, str, str]]:
    """Mark rows that nobody can be written to about, and take up those whose unit has a contact by now.

    Returns unit, programme and period of the newly marked ones.
    """
    rows = connection.execute(WITHOUT_CONTACT).fetchall()
    return [(unit, programme, period) for unit, programme, period, status in rows if status == "no_contact"]
