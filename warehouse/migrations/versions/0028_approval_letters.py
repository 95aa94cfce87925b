"""Letters about approvals: to whoever has to approve, and to the sender of what was returned; each once."""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

UPGRADE = """
alter table ops.message drop constraint message_kind_check;
alter table ops.message add constraint message_kind_check check (kind in ('digest', 'receipt', 'answer', 'approval'));
comment on column ops.message.kind is
    'digest: reminders, at most one a recipient and day. receipt: what became of a file, as soon as it is known. '
    'approval: what waits for an approver, or what an approver returned.';

create table ops.approval_ledger (
    ledger_id bigint generated always as identity primary key,
    submission_id uuid not null,
    stage text not null,
    notice text not null check (notice in ('requested', 'overdue', 'returned')),
    status text not null check (status in ('planned', 'sent', 'failed', 'cancelled')),
    message_id text references ops.message,
    planned_at timestamptz not null,
    settled_at timestamptz,
    last_error text,
    unanswered_days integer not null default 0,
    unanswered_on date,
    unique (submission_id, stage, notice),
    foreign key (submission_id, stage) references ops.approval_request
);
comment on table ops.approval_ledger is
    'One row per report, stage and notice: requested and overdue go to the approver, returned to the sender. Its '
    'unique key is why none is sent twice.';
comment on column ops.approval_ledger.status is
    'cancelled: the report was decided about, or a newer one came, before the letter went out.';
create index approval_ledger_message on ops.approval_ledger (message_id);
create index approval_ledger_waiting on ops.approval_ledger (status) where status <> 'sent';
"""

DOWNGRADE = """
drop table ops.approval_ledger;
delete from ops.message where kind = 'approval';
alter table ops.message drop constraint message_kind_check;
alter table ops.message add constraint message_kind_check check (kind in ('digest', 'receipt', 'answer'));
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
