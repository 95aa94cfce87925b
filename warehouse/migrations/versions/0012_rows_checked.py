"""How many rows each rule was checked against, beside how many of them break it."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

UPGRADE = """
alter table ops.check_result add column rows_checked bigint;
comment on column ops.check_result.rows_checked is
    'Rows of the checked table, whether they break the rule or not; empty where it was not counted.';
"""

DOWNGRADE = """
alter table ops.check_result drop column rows_checked;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
