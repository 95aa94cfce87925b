"""Days off come from a library and not from a plan: they stand in a table that dbt reads as a source."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UPGRADE = """
create table ops.public_holiday (
    day date primary key,
    name_vi text not null
);
comment on table ops.public_holiday is
    'One row per public holiday of Vietnam as the library holidays knows it; day_overrides.csv of the catalogue '
    'corrects it.';
grant delete on ops.public_holiday to baocao_loader;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute("drop table ops.public_holiday")
