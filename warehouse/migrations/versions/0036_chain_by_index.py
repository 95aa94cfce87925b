"""The audit chain finds its newest entry by the index, however small the table was when the plan was made.

A trigger keeps its plan for as long as the session lives. Made over a short table it reads all of it and sorts, and the
first wave of a nation, ten thousand entries in one statement, then costs their square.
"""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter function ops.chain_audit_entry() set enable_seqscan = off")


def downgrade() -> None:
    op.execute("alter function ops.chain_audit_entry() reset enable_seqscan")
