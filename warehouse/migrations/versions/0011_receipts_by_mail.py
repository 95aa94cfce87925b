"""Receipts by mail: one row per verdict that is sent to its unit, and the kind of each message."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STEPS = """
alter table ops.pipeline_run drop constraint pipeline_run_step_check;
alter table ops.pipeline_run add constraint pipeline_run_step_check
    check (step in ('catalogue', 'receive', {more}'build', 'completeness', 'remind', 'publish'));
"""

UPGRADE = """
alter table ops.message add column kind text not null default 'digest' check (kind in ('digest', 'receipt'));
comment on column ops.message.kind is
    'digest: reminders, at most one a recipient and day. receipt: what became of a file, as soon as it is known.';

create table ops.receipt_ledger (
    ledger_id bigint generated always as identity primary key,
    submission_id uuid not null unique references ops.submission_verdict,
    status text not null check (status in ('planned', 'sent', 'failed')),
    message_id text references ops.message,
    planned_at timestamptz not null,
    settled_at timestamptz,
    last_error text,
    unanswered_days integer not null default 0,
    unanswered_on date
);
comment on table ops.receipt_ledger is
    'One row per verdict whose receipt is sent to the contact of its unit; its unique key is why none is sent twice.';
comment on column ops.receipt_ledger.unanswered_days is 'Days on which no server accepted it.';
create index receipt_ledger_message on ops.receipt_ledger (message_id);
create index receipt_ledger_waiting on ops.receipt_ledger (status) where status <> 'sent';
create index submission_verdict_decided on ops.submission_verdict (decided_at);
"""

DOWNGRADE = """
drop index ops.submission_verdict_decided;
drop table ops.receipt_ledger;
delete from ops.message where kind = 'receipt';
alter table ops.message drop column kind;
delete from ops.pipeline_run where step = 'mail_receipts';
"""


def upgrade() -> None:
    op.execute(UPGRADE)
    op.execute(STEPS.format(more="'mail_receipts', "))


def downgrade() -> None:
    op.execute(DOWNGRADE)
    op.execute(STEPS.format(more=""))
