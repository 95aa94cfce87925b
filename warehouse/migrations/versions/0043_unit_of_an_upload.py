"""An upload keeps the unit and agency for which it was handed in: an account whose unit has ended may be moved."""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

UPGRADE = """
alter table ops.upload add column unit_id text, add column agency_code text;
update ops.upload set unit_id = account.unit_id, agency_code = account.agency_code
from ops.account where account.account_id = upload.account_id;
alter table ops.upload alter column unit_id set not null, alter column agency_code set not null;
comment on column ops.upload.unit_id is 'The unit of the account on that day: its colleagues see the receipt.';
comment on column ops.upload.agency_code is 'The agency of the account on that day.';
comment on column ops.account.unit_id is
    'The unit that had the code on the day of the invitation; the account stays with it when the code passes on.';
"""

DOWNGRADE = """
alter table ops.upload drop column unit_id, drop column agency_code;
comment on column ops.account.unit_id is 'The unit that had the code on the day of the invitation.';
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
