"""Plan the alerts: the ladder of each outstanding report becomes rows of the ledger, once, whatever is run again.

A stage is due from its day on (catalogue seed alert_stages). Of the stages that are due for an audience only the latest
is planned; those that a missed run left out are recorded as skipped, those that nobody took until then as failed.
"""

from datetime import datetime

import psycopg

from alerts.ledger import warnings
from warehouse.as_of import set_session_as_of_unchecked
from warehouse.clock import ZONE
from warehouse.settings import get_settings

OUTSTANDING = """
create temporary table outstanding on commit preserve rows as
select obligation.programme_code, obligation.period, obligation.unit_id, obligation.unit_code, obligation.unit_level,
    obligation.agency_code, obligation.deadline_revision, obligation.deadline_at, obligation.last_on_time_on,
    obligation.status, obligation.lines_required, obligation.fulfilled_at,
    obligation.is_open and obligation.status in ('not_due', 'rejected', 'missing') as is_outstanding,
    obligation.is_open and obligation.status in ('on_time', 'late') as is_received,
    coalesce(above.unit_code, programme.root_unit_code) as supervisor_code, programme.root_unit_code as owner_code,
    owed.form = 'document' as is_document, owed.owed_from, owed.deadline_phrase_vi,
    owed.deadline_decided_on, owed.former_last_on_time_on
from marts.fct_report_obligation as obligation
join app.expected_report_as_of as owed using (programme_code, period, unit_id, agency_code)
join catalogue.programmes as programme using (programme_code)
join app.org_unit as unit using (unit_id)
left join app.org_unit as above on above.unit_id = unit.parent_id
where obligation.deadline_at >= coalesce(%(since)s, (select as_of from ops.pipeline_run order by run_id limit 1))
"""
"""The first run counts, not the earliest moment that any run lived at: to try a day of the past opens no season of the
past.
"""

REPORT = "programme_code, period, unit_id, agency_code"

KEYED = f"create unique index on outstanding ({REPORT})"

KEY = f"{REPORT}, deadline_revision"

LATEST_CHANGE = """
select greatest(%(at)s, (select max(decided_at) from ops.decision),
    (select max(closed_at) from ops.period_closing))
"""
"""A clock that was set back takes nothing back: who has reported by any clock is not asked again."""

ADDRESSED = """
case {row}.audience
    when 'reporter' then {report}.unit_code when 'supervisor' then {report}.supervisor_code else {report}.owner_code
end
"""

PLAN = f"""
with due as (
    select outstanding.*, stage.stage, stage.audience,
        row_number() over (
            partition by {KEY}, stage.audience order by stage.sort_order desc) = 1 as is_latest
    from outstanding
    join app.alert_stage as stage using (programme_code, last_on_time_on)
    where outstanding.is_outstanding and stage.fires_on <= %(today)s
        and coalesce(stage.fires_on >= outstanding.owed_from, true)
), addressed as (
    select due.*, known.emails, known.webhooks
    from due
    cross join lateral (
        select count(email) as emails,
            count(webhook) + (due.audience = 'owner' and %(has_webhook)s)::int as webhooks
        from ops.contact
        where contact.role = due.audience and contact.unit_code = {ADDRESSED.format(row="due", report="due")}
            and contact.agency_code = case due.audience when 'reporter' then due.agency_code else 'UBND' end
    ) as known
)
insert into ops.alert_ledger as ledger ({KEY}, unit_code, deadline_at, stage, audience, channel, status, planned_at,
    settled_at)
select {KEY}, unit_code, deadline_at, stage, audience, channel,
    case when is_latest then 'planned' else 'skipped' end, %(at)s, case when not is_latest then %(at)s end
from addressed
cross join (values ('email'), ('webhook')) as channels (channel)
where channel = 'email' and (emails > 0 or webhooks = 0) or channel = 'webhook' and webhooks > 0
on conflict ({KEY}, stage, audience, channel) do update
set status = 'planned', planned_at = excluded.planned_at, settled_at = null, message_id = null
where excluded.status = 'planned' and ledger.status = 'cancelled' and ledger.settled_at <= excluded.planned_at
    and not exists (
        select from ops.message where message.message_id = ledger.message_id and message.attempts > 0)
"""

RESOLVE = f"""
insert into ops.alert_ledger ({KEY}, unit_code, deadline_at, stage, audience, channel, status, planned_at)
select distinct {", ".join(f"outstanding.{name}" for name in KEY.split(", "))}, outstanding.unit_code,
    outstanding.deadline_at, 'resolved', notified.audience, notified.channel, 'planned', %(at)s::timestamptz
from ops.alert_ledger as notified
join outstanding using ({REPORT})
join catalogue.alert_stages as stage
    on stage.programme_code = notified.programme_code and stage.stage = 'resolved'
    and stage.audience = notified.audience
where notified.status = 'sent' and notified.stage <> 'resolved' and outstanding.is_received and not exists (
    select from ops.alert_ledger as resolved
    where ({", ".join(f"resolved.{name}" for name in REPORT.split(", "))}, resolved.audience, resolved.channel)
            = ({", ".join(f"notified.{name}" for name in REPORT.split(", "))}, notified.audience, notified.channel)
        and resolved.stage = 'resolved' and resolved.status <> 'cancelled'
        and resolved.planned_at >= notified.planned_at)
on conflict do nothing
"""
"""Whoever was notified under an earlier revision of the deadline hears it, too."""

CANCEL = f"""
update ops.alert_ledger as ledger set status = 'cancelled', settled_at = %(at)s
where ledger.status in ('planned', 'no_contact') and ledger.planned_at <= %(at)s and not exists (
    select from outstanding
    where ({", ".join(f"outstanding.{name}" for name in KEY.split(", "))})
            = ({", ".join(f"ledger.{name}" for name in KEY.split(", "))})
        and case ledger.stage when 'resolved' then outstanding.is_received else outstanding.is_outstanding end)
"""

SUPERSEDE = f"""
update ops.alert_ledger as ledger
set status = case when ledger.unanswered_days > 0 then 'failed' else 'skipped' end, settled_at = %(at)s
from ops.alert_ledger as later
where ledger.status in ('planned', 'no_contact') and later.planned_at <= %(at)s
    and ({", ".join(f"later.{name}" for name in KEY.split(", "))}, later.audience, later.channel)
        = ({", ".join(f"ledger.{name}" for name in KEY.split(", "))}, ledger.audience, ledger.channel)
    and later.status in ('planned', 'no_contact', 'sent', 'logged')
    and (select sort_order from catalogue.alert_stages as stage where stage.programme_code = later.programme_code
        and stage.stage = later.stage and stage.audience = later.audience)
        > (select sort_order from catalogue.alert_stages as stage where stage.programme_code = ledger.programme_code
        and stage.stage = ledger.stage and stage.audience = ledger.audience)
    and not exists (
        select from ops.message
        where message.message_id = ledger.message_id and message.status = 'queued' and message.attempts > 0)
"""

WITHDRAW = """
with withdrawn as (
    update ops.message set status = 'cancelled'
    where status = 'queued' and kind = 'digest' and queued_at <= %(at)s and (attempts = 0 or not exists (
        select from ops.alert_ledger as ledger
        where ledger.message_id = message.message_id and ledger.status = 'planned'))
    returning message_id)
update ops.alert_ledger as ledger set message_id = null from withdrawn
where ledger.message_id = withdrawn.message_id and ledger.status = 'planned'
"""

WITHOUT_CONTACT = f"""
with known as (
    select ledger.ledger_id, exists (
        select from ops.contact
        where contact.role = ledger.audience
            and contact.unit_code = {ADDRESSED.format(row="ledger", report="outstanding")}
            and contact.agency_code = case ledger.audience when 'reporter' then ledger.agency_code else 'UBND' end
            and case ledger.channel when 'email' then contact.email else contact.webhook end is not null)
        or ledger.channel = 'webhook' and ledger.audience = 'owner' and %(has_webhook)s as is_known
    from ops.alert_ledger as ledger
    join outstanding using ({KEY})
    where ledger.status in ('planned', 'no_contact') and ledger.message_id is null
)
update ops.alert_ledger as ledger set status = case when known.is_known then 'planned' else 'no_contact' end
from known
where known.ledger_id = ledger.ledger_id
    and ledger.status = case when known.is_known then 'no_contact' else 'planned' end
returning ledger.unit_code, ledger.programme_code, ledger.period, ledger.audience, ledger.status
"""


def create_outstanding_table(connection: psycopg.Connection, at: datetime) -> None:
    """Outstanding reports as of `at`, in a table of this session: each step of a run sees the same state. Beside it the
    reports with unconfirmed warnings.

    From here on the session reads the marts as they stand at that moment, or at the last verdict or closing where the
    clock was set back behind it.
    """
    row = connection.execute(LATEST_CHANGE, {"at": at}).fetchone()
    latest_change = row[0] if row else at
    set_session_as_of_unchecked(connection, latest_change)
    connection.execute("drop table if exists pg_temp.outstanding")
    connection.execute(OUTSTANDING, {"since": get_settings().alerts_since})
    connection.execute(KEYED)
    connection.execute("analyze outstanding")
    warnings.create_unconfirmed_table(connection)


def has_obligations(connection: psycopg.Connection) -> bool:
    """Whether a build has made the marts yet; before the first one nothing can be outstanding."""
    row = connection.execute("select to_regclass('marts.fct_report_obligation') is not null").fetchone()
    return bool(row and row[0])


def plan(connection: psycopg.Connection, at: datetime) -> int:
    """Ledger rows for the stages that are due and have none yet, or whose row was cancelled unsent; returns how many.

    Nothing is planned about plans that have ended, closed periods, reports without a deadline, and deadlines from
    before the warehouse began. A run does not plan again what was cancelled at a later moment than its own.
    """
    values = _values(at)
    planned = connection.execute(PLAN, values).rowcount + connection.execute(RESOLVE, values).rowcount
    connection.execute(SUPERSEDE, values)
    if planned:
        # What was just written is joined next; a planner that takes it for few rows compares all with all.
        connection.execute("analyze ops.alert_ledger, ops.contact")
    return planned


def cancel(connection: psycopg.Connection, at: datetime) -> int:
    """Cancel unsent rows whose report was accepted meanwhile; returns how many.

    Messages that no server can have taken are withdrawn and written anew with what is to be told now. One that may have
    been delivered goes on as it is, unless none of its rows is left. Rows planned at a later moment stay.
    """
    values = _values(at)
    cancelled = connection.execute(CANCEL, values).rowcount
    connection.execute(WITHDRAW, values)
    return cancelled


def match_contacts(connection: psycopg.Connection) -> list[tuple[str, str, str, str]]:
    """Mark rows that nobody can be written to about, and take up those whose unit has a contact by now.

    Returns unit, programme, period and audience of the newly marked ones.
    """
    rows = connection.execute(WITHOUT_CONTACT, {"has_webhook": _has_webhook()}).fetchall()
    return [
        (unit, programme, period, audience)
        for unit, programme, period, audience, status in rows
        if status == "no_contact"
    ]


def _values(at: datetime) -> dict[str, object]:
    return {"at": at, "today": at.astimezone(ZONE).date(), "has_webhook": _has_webhook()}


def _has_webhook() -> bool:
    return get_settings().webhook_url is not None
