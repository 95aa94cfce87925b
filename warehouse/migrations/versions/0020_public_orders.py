"""What an attacker knows of counts is also that one cannot be larger than another: a period than the year it is in."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

UPGRADE = """
alter table ops.public_relation
    add column comparator text not null default '=' check (comparator in ('=', '≤'));
comment on table ops.public_relation is
    'One row per equation or inequality that an attacker can take to hold between counts of a programme: shorter '
    'periods and the one they are in, the base of a change and the count of the year before, deaths of newborns and of '
    'infants. Shares by name of the count; together they are 0, or at most 0.';
comment on column ops.public_relation.comparator is 'What the sum of the terms is to 0.';
"""

DOWNGRADE = """
delete from ops.public_relation where comparator <> '=';
alter table ops.public_relation drop column comparator;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
