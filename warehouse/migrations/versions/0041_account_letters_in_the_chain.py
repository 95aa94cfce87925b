"""Letters about accounts are in the audit chain, as the other letters that are sent once.

Those of a home are recorded as they are now; a home whose chain is still to begin records them with everything else.
"""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

UPGRADE = """
set local timezone = 'UTC';
set local datestyle = 'ISO, MDY';

insert into ops.audit_entry (kind, subject, content)
select
    'account_letter',
    ledger.ledger_id::text,
    jsonb_build_object(
        'event_id', ledger.event_id,
        'message_id', ledger.message_id,
        'settled_at', ledger.settled_at
    )
from ops.account_ledger as ledger
where ledger.status = 'sent' and exists (select from ops.audit_entry)
order by ledger.settled_at, ledger.ledger_id;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    """Entries stay: the chain is append-only, and an earlier release passes over the kinds that it does not know."""
