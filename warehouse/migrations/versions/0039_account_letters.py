"""Letters to the holder of an account after a change of it, each once; sessions have a number."""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

EVENTS = """
alter table ops.account_event drop constraint account_event_kind_check;
alter table ops.account_event add constraint account_event_kind_check check (kind in (
    'invited', 'invitation_accepted', 'signed_in', 'sign_in_failed', 'signed_out', 'password_changed',
    'second_factor_on', 'second_factor_off', 'reset', 'disabled', 'uploaded', 'upload_refused', 'retracted', 'typed',
    'warning_confirmed', 'report_approved', 'report_returned'{more}));
"""
MORE_EVENTS = ", 'code_reused', 'office_account_bound', 'session_ended', 'upload_limited'"

SESSIONS = """
alter table ops.account_session add column session_id bigint generated always as identity unique;
comment on column ops.account_session.session_id is
    'By which its holder ends it, and the event signed_in names it (detail.session).';
"""

KINDS = """
alter table ops.message drop constraint message_kind_check;
alter table ops.message add constraint message_kind_check
    check (kind in ('digest', 'receipt', 'answer', 'approval', 'warning'{more}));
"""

LEDGER = """
comment on column ops.message.kind is
    'digest: reminders of reports. warning: reminders of warnings that nobody confirmed; of digest and warning at most '
    'one a recipient and day. receipt: what became of a file, as soon as it is known. approval: what waits for an '
    'approver, or what an approver returned. account: what was changed about the recipient''s own account.';

create index account_event_happened on ops.account_event (happened_at);

create table ops.account_ledger (
    ledger_id bigint generated always as identity primary key,
    event_id bigint not null unique references ops.account_event,
    status text not null check (status in ('planned', 'sent', 'failed')),
    message_id text references ops.message,
    planned_at timestamptz not null,
    settled_at timestamptz,
    last_error text,
    unanswered_days integer not null default 0,
    unanswered_on date
);
comment on table ops.account_ledger is
    'One row per event of an account of which its holder is notified by letter. Its unique key is why none is sent '
    'twice.';
create index account_ledger_message on ops.account_ledger (message_id);
create index account_ledger_waiting on ops.account_ledger (status) where status <> 'sent';
"""

DROP_LEDGER = """
drop table ops.account_ledger;
delete from ops.message where kind = 'account';
drop index ops.account_event_happened;
delete from ops.account_event
where kind in ('code_reused', 'office_account_bound', 'session_ended', 'upload_limited');
alter table ops.account_session drop column session_id;
"""


def upgrade() -> None:
    op.execute(EVENTS.format(more=MORE_EVENTS) + KINDS.format(more=", 'account'") + LEDGER + SESSIONS)


def downgrade() -> None:
    op.execute(DROP_LEDGER + KINDS.format(more="") + EVENTS.format(more=""))
