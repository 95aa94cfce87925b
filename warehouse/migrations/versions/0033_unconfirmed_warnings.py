"""Letters about warnings that nobody confirmed: to the unit that sent the report, each stage once."""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

UPGRADE = """
alter table ops.message drop constraint message_kind_check;
alter table ops.message add constraint message_kind_check
    check (kind in ('digest', 'receipt', 'answer', 'approval', 'warning'));
comment on column ops.message.kind is
    'digest: reminders of reports. warning: reminders of warnings that nobody confirmed; of digest and warning at most '
    'one a recipient and day. receipt: what became of a file, as soon as it is known. approval: what waits for an '
    'approver, or what an approver returned.';

create table ops.warning_ledger (
    ledger_id bigint generated always as identity primary key,
    submission_id uuid not null references raw.submission,
    stage text not null,
    status text not null check (status in ('planned', 'sent', 'skipped', 'no_contact', 'cancelled', 'failed')),
    message_id text references ops.message,
    planned_at timestamptz not null,
    settled_at timestamptz,
    last_error text,
    unanswered_days integer not null default 0,
    unanswered_on date,
    unique (submission_id, stage)
);
comment on table ops.warning_ledger is
    'One row per accepted report and stage of warning_stages on which its sender is reminded of warnings that nobody '
    'confirmed. Its unique key is why no reminder is sent twice.';
comment on column ops.warning_ledger.stage is 'warning_stages.stage, such as unconfirmed_3.';
comment on column ops.warning_ledger.status is
    'As in ops.alert_ledger. cancelled: before the letter went out everything was confirmed, corrected or withdrawn, '
    'or the period was closed.';
create index warning_ledger_message on ops.warning_ledger (message_id);
create index warning_ledger_waiting on ops.warning_ledger (status) where status <> 'sent';

create view ops.unconfirmed_report as
select
    version.submission_id,
    version.programme_code,
    version.period,
    version.unit_id,
    version.unit_code,
    version.agency_code,
    version.decided_at as counted_from,
    count(*)::integer as warnings,
    array_agg(distinct warning.indicator_code order by warning.indicator_code)
        filter (where warning.indicator_code is not null) as indicators
from ops.report_warning as warning
join ops.report_version as version using (submission_id)
where warning.is_in_force and warning.confirmed_at is null and version.is_counted
    and not exists (
        select from ops.period_closing as closing
        where closing.programme_code = version.programme_code and closing.period = version.period)
group by version.submission_id, version.programme_code, version.period, version.unit_id, version.unit_code,
    version.agency_code, version.decided_at;
comment on view ops.unconfirmed_report is
    'One row per report that counts and has warnings in force that its sender neither confirmed nor corrected, with '
    'their number and indicators. Not those that wait for an approval, nor those of closed periods.';
"""

DOWNGRADE = """
drop view ops.unconfirmed_report;
drop table ops.warning_ledger;
delete from ops.message where kind = 'warning';
alter table ops.message drop constraint message_kind_check;
alter table ops.message add constraint message_kind_check
    check (kind in ('digest', 'receipt', 'answer', 'approval'));
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
