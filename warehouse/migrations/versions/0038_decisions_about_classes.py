"""The ledger of decisions has those about classes of units too."""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

ALLOW = """
alter table ops.office_decision drop constraint office_decision_kind_check;
alter table ops.office_decision add constraint office_decision_kind_check check (kind in ({kinds}));
"""
COMMENT = """
comment on table ops.office_decision is
    'One row per decision about reporting that was recorded on the pages or with a command: a deadline that was moved, '
    'an exemption, a target that was revised, the class of a unit on its score sheet, the contacts of a unit. '
    'Append-only; a decision is undone by another one. The terms of reports, targets and classes themselves are rows '
    'of the catalogue.';
"""


def upgrade() -> None:
    op.execute(ALLOW.format(kinds="'deadline', 'exemption', 'target', 'class', 'contacts'") + COMMENT)


def downgrade() -> None:
    op.execute(ALLOW.format(kinds="'deadline', 'exemption', 'target', 'contacts'"))
