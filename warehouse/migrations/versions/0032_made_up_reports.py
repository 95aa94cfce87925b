"""Whether any report of a programme is made up is found at once: pages about reports say it first."""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("create index submission_made_up on raw.submission (programme_code, unit_code) where is_made_up")


def downgrade() -> None:
    op.execute("drop index raw.submission_made_up")
