"""The alert ladder: stages that were skipped, messages that were withdrawn, periods that are closed."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LEDGER = "('planned', 'sent', 'cancelled', 'failed', 'logged', 'no_contact'{more})"
MESSAGE = "('frozen', 'sent', 'failed'{more})"

STATUSES = """
alter table ops.alert_ledger drop constraint alert_ledger_status_check;
alter table ops.alert_ledger add constraint alert_ledger_status_check check (status in {ledger});
alter table ops.message drop constraint message_status_check;
alter table ops.message add constraint message_status_check check (status in {message});
"""

CLOSING = """
create table ops.period_closing (
    programme_code text not null,
    period text not null,
    closed_at timestamptz not null,
    note text,
    primary key (programme_code, period)
);
comment on table ops.period_closing is
    'One row per period that was closed after approval. What is accepted for it later is marked; what was published '
    'when it closed is read as of closed_at.';
create index alert_ledger_message on ops.alert_ledger (message_id);
create index alert_ledger_waiting on ops.alert_ledger (status) where status in ('planned', 'no_contact');
"""


def upgrade() -> None:
    op.execute(STATUSES.format(ledger=LEDGER.format(more=", 'skipped'"), message=MESSAGE.format(more=", 'cancelled'")))
    op.execute(CLOSING)


def downgrade() -> None:
    op.execute("drop index ops.alert_ledger_message; drop index ops.alert_ledger_waiting")
    op.execute("drop table ops.period_closing")
    op.execute("update ops.alert_ledger set status = 'cancelled' where status = 'skipped'")
    op.execute("update ops.message set status = 'failed' where status = 'cancelled'")
    op.execute(STATUSES.format(ledger=LEDGER.format(more=""), message=MESSAGE.format(more="")))
