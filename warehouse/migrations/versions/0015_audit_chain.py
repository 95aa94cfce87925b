"""The audit chain: one row per thing that happened, each with the hash of the row before it.

A row cannot be changed or deleted without the trigger being taken away first, and then the hashes after it are false.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

UPGRADE = r"""
create table ops.audit_entry (
    entry_no bigint primary key,
    kind text not null,
    subject text not null check (subject !~ E'[\n\r]'),
    recorded_at timestamptz not null,
    content jsonb not null,
    previous_hash text not null,
    hash text not null
);
create index audit_entry_subject on ops.audit_entry (kind, subject);
create index audit_entry_newest on ops.audit_entry (kind, entry_no);
create index message_sent on ops.message (sent_at) where status = 'sent';
comment on table ops.audit_entry is
    'One row per received file, submission, verdict, receipt, closing, sent message, public release and published '
    'file, in the order in which they were recorded. Append-only. '
    'hash is the SHA-256 of previous_hash, entry_no, kind, subject, recorded_at (UTC, microseconds) and content, one '
    'a line.';
comment on column ops.audit_entry.subject is 'The key of a row, or the path of a file, in the home where it is in it.';
comment on column ops.audit_entry.content is
    'What is witnessed, in the form in which PostgreSQL prints jsonb. Text by which senders or recipients could be '
    'known is there as its SHA-256 only. {"removed": true}: it was taken away, and by whom or why.';

create function ops.chain_audit_entry() returns trigger language plpgsql as $$
declare
    newest record;
begin
    perform pg_advisory_xact_lock(hashtextextended('baocao:audit', 0));
    select entry_no, hash into newest from ops.audit_entry order by entry_no desc limit 1;
    new.entry_no := coalesce(newest.entry_no, 0) + 1;
    new.recorded_at := clock_timestamp();
    new.previous_hash := coalesce(newest.hash, repeat('0', 64));
    new.hash := encode(sha256(convert_to(concat_ws(
        E'\n', new.previous_hash, new.entry_no, new.kind, new.subject,
        to_char(new.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), new.content::text
    ), 'UTF8')), 'hex');
    return new;
end
$$;
create trigger chain before insert on ops.audit_entry for each row execute function ops.chain_audit_entry();

create function ops.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '%.% is append-only', tg_table_schema, tg_table_name using errcode = 'restrict_violation';
end
$$;
create trigger append_only before update or delete or truncate on ops.audit_entry
for each statement execute function ops.refuse_change();

revoke insert, update on ops.audit_entry from baocao_loader;

create function ops.audit_head() returns text language sql stable
return (select concat(entry_no, ':', hash) from ops.audit_entry order by entry_no desc limit 1);
comment on function ops.audit_head is 'Number and hash of the newest entry; null where there is none.';

alter table ops.message add column audit_head text;
comment on column ops.message.audit_head is
    'The head of the audit chain when the message was queued; letters carry it as X-Baocao-Audit-Head.';
"""

DOWNGRADE = """
drop index ops.message_sent;
alter table ops.message drop column audit_head;
drop function ops.audit_head();
drop table ops.audit_entry;
drop function ops.chain_audit_entry();
drop function ops.refuse_change();
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
