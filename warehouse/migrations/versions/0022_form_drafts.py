"""Drafts of reports that are typed on a page, and the act of handing one in."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

UPGRADE = """
create table ops.form_draft (
    account_id uuid not null references ops.account,
    programme_code text not null,
    period text not null,
    fields jsonb not null,
    based_on uuid,
    saved_at timestamptz not null,
    primary key (account_id, programme_code, period)
);
comment on table ops.form_draft is
    'One row per report that an account has begun to type on a page and not handed in. It is no submission: nobody '
    'else sees it, nothing counts it. Deleted when the report is accepted, by its author, and after 90 days.';
comment on column ops.form_draft.fields is
    'Texts as they were typed, by indicator and field. A form in which something looks like personal data is not kept.';
comment on column ops.form_draft.based_on is
    'The newest accepted submission of that report when the page was opened; empty where there was none.';
grant delete on ops.form_draft to baocao_loader;

alter table ops.account_event drop constraint account_event_kind_check;
alter table ops.account_event add constraint account_event_kind_check check (kind in (
    'invited', 'invitation_accepted', 'signed_in', 'sign_in_failed', 'signed_out', 'password_changed',
    'second_factor_on', 'second_factor_off', 'reset', 'disabled', 'uploaded', 'upload_refused', 'retracted', 'typed'));
"""

DOWNGRADE = """
delete from ops.account_event where kind = 'typed';
alter table ops.account_event drop constraint account_event_kind_check;
alter table ops.account_event add constraint account_event_kind_check check (kind in (
    'invited', 'invitation_accepted', 'signed_in', 'sign_in_failed', 'signed_out', 'password_changed',
    'second_factor_on', 'second_factor_off', 'reset', 'disabled', 'uploaded', 'upload_refused', 'retracted'));
drop table ops.form_draft;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
