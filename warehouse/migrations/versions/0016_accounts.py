"""Accounts of officers, their sessions and what they did; who handed a submission in."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

UPGRADE = """
create table ops.account (
    account_id uuid primary key,
    email text not null unique check (email = lower(email)),
    role text not null check (role in ('reports', 'approves', 'province', 'operates')),
    unit_id text not null,
    unit_code text not null,
    agency_code text not null default 'UBND',
    password_hash text,
    totp_secret text,
    totp_step bigint,
    created_at timestamptz not null,
    disabled_at timestamptz
);
comment on table ops.account is 'One row per person who may sign in to the pages, for one unit and agency.';
comment on column ops.account.unit_id is 'The unit that had the code on the day of the invitation.';
comment on column ops.account.password_hash is 'Argon2id; empty until an invitation is accepted, and after a new one.';
comment on column ops.account.totp_step is 'The newest time step (30 s) whose code was taken: no code is taken twice.';

create table ops.account_invitation (
    token_hash bytea primary key check (length(token_hash) = 32),
    account_id uuid not null references ops.account,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz
);
comment on table ops.account_invitation is
    'One row per invitation by letter: SHA-256 of its random token. ended_at: accepted, or replaced by a newer one.';
create index account_invitation_account on ops.account_invitation (account_id) where ended_at is null;

create table ops.account_session (
    token_hash bytea primary key check (length(token_hash) = 32),
    account_id uuid not null references ops.account,
    began_at timestamptz not null,
    used_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz
);
comment on table ops.account_session is 'One row per sign-in: SHA-256 of the random token that the cookie holds.';
create index account_session_account on ops.account_session (account_id) where ended_at is null;

create table ops.sign_in_attempt (
    attempt_id bigint generated always as identity primary key,
    attempted_at timestamptz not null,
    email_hash bytea not null check (length(email_hash) = 32),
    address text not null,
    outcome text not null check (outcome in ('pending', 'failed', 'succeeded', 'refused'))
);
comment on table ops.sign_in_attempt is
    'One row per attempt to sign in or to confirm a password, also for accounts that do not exist. email_hash: SHA-256 '
    'of what was typed, which may be a password by mistake. refused: too many before it, nothing was verified.';
create index sign_in_attempt_email on ops.sign_in_attempt (email_hash, attempted_at);
create index sign_in_attempt_address on ops.sign_in_attempt (address, attempted_at);

create table ops.account_event (
    event_id bigint generated always as identity primary key,
    happened_at timestamptz not null,
    kind text not null check (kind in (
        'invited', 'invitation_accepted', 'signed_in', 'sign_in_failed', 'signed_out', 'password_changed',
        'second_factor_on', 'second_factor_off', 'reset', 'disabled', 'uploaded', 'upload_refused', 'retracted')),
    account_id uuid references ops.account,
    actor_id uuid references ops.account,
    via text not null check (via in ('page', 'command')),
    address text,
    detail jsonb not null default '{}'
);
comment on table ops.account_event is
    'One row per act of or about an account: audit trail, append-only. No password, token or code is in it.';
comment on column ops.account_event.account_id is 'Whom it is about; empty for an address that has no account.';
comment on column ops.account_event.actor_id is 'Who did it; empty for the command line and for nobody signed in.';
create index account_event_account on ops.account_event (account_id, happened_at);

create table ops.upload (
    upload_id uuid primary key,
    account_id uuid not null references ops.account,
    sha256 text not null,
    file_name text not null,
    size_bytes bigint not null,
    uploaded_at timestamptz not null,
    status text not null check (status in ('receiving', 'received', 'refused', 'failed')),
    reason_vi text,
    reason_en text
);
comment on table ops.upload is
    'One row per file that was uploaded on the pages. refused: the account may not report for what is in it, and '
    'nothing of it was kept. Also what an interrupted upload was about.';
create index upload_account on ops.upload (account_id, uploaded_at);

create table ops.submission_origin (
    submission_id uuid primary key references raw.submission,
    upload_id uuid not null references ops.upload,
    account_id uuid not null references ops.account
);
comment on table ops.submission_origin is
    'One row per submission that was handed in on the pages, with the account. A submission without a row came by the '
    'inbox or the command line.';

revoke update on ops.account_event, ops.submission_origin from baocao_loader;
"""

DOWNGRADE = """
drop table ops.submission_origin;
drop table ops.upload;
drop table ops.account_event;
drop table ops.sign_in_attempt;
drop table ops.account_session;
drop table ops.account_invitation;
drop table ops.account;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
