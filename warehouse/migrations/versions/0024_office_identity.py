"""Accounts that sign in with the office's own provider (OpenID Connect): which identity of it each belongs to."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

UPGRADE = """
alter table ops.account
    add column oidc_issuer text,
    add column oidc_subject text,
    add constraint account_oidc_identity unique (oidc_issuer, oidc_subject),
    add constraint account_oidc_whole check ((oidc_issuer is null) = (oidc_subject is null));
comment on column ops.account.oidc_issuer is
    'The provider with which the account signed in first; empty where it never did, and after a reset.';
comment on column ops.account.oidc_subject is
    'Who that is there, for ever: an e-mail address may be given to somebody else. No other identity signs in with it.';
"""

DOWNGRADE = """
alter table ops.account drop column oidc_issuer, drop column oidc_subject;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
