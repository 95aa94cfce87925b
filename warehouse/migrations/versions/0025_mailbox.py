"""Reports that arrive as answers to letters: what was taken from the mailbox, and what is answered in its thread."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

UPGRADE = """
alter table ops.message drop constraint message_kind_check;
alter table ops.message
    add constraint message_kind_check check (kind in ('digest', 'receipt', 'answer')),
    add column takes_replies boolean not null default false,
    add column in_reply_to text,
    add column thread text[] not null default '{}';
comment on column ops.message.kind is
    'digest: reminders, at most one a recipient and day. receipt: what became of a file, as soon as it is known. '
    'answer: to a mail that brought no new report.';
comment on column ops.message.takes_replies is
    'Whether a mail that refers to its Message-ID may hand reports in. False for letters of earlier releases, whose '
    'Message-ID could be computed.';
comment on column ops.message.in_reply_to is 'The Message-ID of the mail that this letter answers.';
comment on column ops.message.thread is 'Message-IDs of the conversation before it, the oldest first (References).';

create table ops.received_mail (
    mail_no bigint generated always as identity primary key,
    mail_key text not null unique,
    message_id text,
    sender text not null,
    thread text[] not null,
    noted_at timestamptz not null,
    begun_at timestamptz not null,
    letters text[] not null default '{}',
    files text[] not null default '{}',
    status text not null check (status in ('receiving', 'received', 'ignored', 'waiting', 'declined')),
    reason text,
    detail text,
    settled_at timestamptz,
    notified_at timestamptz,
    decided_by text,
    decision_note text,
    check (status <> 'declined' or decided_by is not null)
);
comment on table ops.received_mail is
    'One row per mail that was taken from the mailbox. receiving: begun and not finished. waiting: a person decides. '
    'The mail itself stays in the mailbox; neither its subject nor its text is kept here.';
comment on column ops.received_mail.mail_key is
    'Its Message-ID, or the SHA-256 of its headers where it has none: no mail is taken twice.';
comment on column ops.received_mail.sender is 'The address in From, lower case; empty where it names none or several.';
comment on column ops.received_mail.thread is 'Message-IDs that it refers to, the oldest first.';
comment on column ops.received_mail.begun_at is 'When its files began to be received; of an accepted mail, again.';
comment on column ops.received_mail.letters is 'Message-IDs of the letters that it answers.';
comment on column ops.received_mail.files is 'SHA-256 of the files that are received from it.';
comment on column ops.received_mail.reason is 'Why it is not received at once: a code of pipeline/mailbox/reasons.py.';
comment on column ops.received_mail.detail is 'What the reason is about: units, names of files.';
comment on column ops.received_mail.notified_at is 'When the operator was notified of a mail that waits, once.';
comment on column ops.received_mail.decided_by is 'Who accepted or declined it, as the command line was given it.';
create index received_mail_open on ops.received_mail (status) where status in ('receiving', 'waiting');

create table ops.answer_ledger (
    ledger_id bigint generated always as identity primary key,
    mail_no bigint not null references ops.received_mail,
    recipient text not null,
    reason text not null,
    detail text,
    status text not null check (status in ('planned', 'sent', 'failed')),
    message_id text references ops.message,
    planned_at timestamptz not null,
    settled_at timestamptz,
    last_error text,
    unanswered_days integer not null default 0,
    unanswered_on date,
    unique (mail_no, recipient)
);
comment on table ops.answer_ledger is
    'One row per mail and recipient of a letter about it: to its sender, as nothing was attached, the file is known '
    'already or a person decides; to a supervisor, as a letter was returned. Its unique key is why none is sent twice.';
comment on column ops.answer_ledger.unanswered_days is 'Days on which no server accepted it.';
create index answer_ledger_message on ops.answer_ledger (message_id);

alter table ops.contact add column undeliverable_at timestamptz, add column undeliverable_reason text;
comment on column ops.contact.undeliverable_at is
    'When a mail server returned a letter to this address for good; empty again when the contact is imported anew.';
comment on column ops.contact.undeliverable_reason is 'What that server said.';

alter table ops.submission_origin
    alter column upload_id drop not null,
    alter column account_id drop not null,
    add column mail_no bigint references ops.received_mail,
    add constraint submission_origin_one check ((upload_id is null) <> (mail_no is null)),
    add constraint submission_origin_account check (upload_id is null or account_id is not null);
comment on table ops.submission_origin is
    'One row per submission that was handed in on the pages, with the account, or by mail, with the mail. A submission '
    'without a row came by the inbox or the command line.';
comment on column ops.submission_origin.account_id is 'Of a mail: where its sender is an account of the unit.';
create index submission_origin_mail on ops.submission_origin (mail_no) where mail_no is not null;
"""

DOWNGRADE = """
delete from ops.submission_origin where mail_no is not null;
alter table ops.submission_origin
    drop constraint submission_origin_one,
    drop constraint submission_origin_account,
    drop column mail_no,
    alter column upload_id set not null,
    alter column account_id set not null;
alter table ops.contact drop column undeliverable_at, drop column undeliverable_reason;
drop table ops.answer_ledger;
drop table ops.received_mail;
delete from ops.message where kind = 'answer';
alter table ops.message drop constraint message_kind_check;
alter table ops.message
    add constraint message_kind_check check (kind in ('digest', 'receipt')),
    drop column takes_replies, drop column in_reply_to, drop column thread;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
