"""What the plans promised, and every letter that is sent once, is in the audit chain; and an address in capitals is
the same recipient as in small letters.

Of both a home has what it has: it is recorded as it is now, as the files were when the chain began. A home whose chain
is still to begin records it with everything else.
"""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

UPGRADE = """
set local timezone = 'UTC';
set local datestyle = 'ISO, MDY';

insert into ops.audit_entry (kind, subject, content)
select
    'catalogue_row',
    concat_ws(' ', kept.seed, md5(kept.content::text), to_jsonb(kept.recorded_from) #>> '{}'),
    jsonb_build_object(
        'seed', kept.seed,
        'programme_code', kept.programme_code,
        'valid_from', kept.valid_from,
        'recorded_from', kept.recorded_from,
        'loaded_at', kept.loaded_at,
        'content_sha256', encode(sha256(convert_to(kept.content::text, 'UTF8')), 'hex')
    )
from ops.catalogue_row as kept
where exists (select from ops.audit_entry)
order by kept.loaded_at, kept.seed, kept.content::text;

insert into ops.audit_entry (kind, subject, content)
select
    'catalogue_end',
    concat_ws(' ', kept.seed, md5(kept.content::text), to_jsonb(kept.recorded_from) #>> '{}'),
    jsonb_build_object('recorded_to', kept.recorded_to)
from ops.catalogue_row as kept
where kept.recorded_to < 'infinity' and exists (select from ops.audit_entry)
order by kept.recorded_to, kept.seed, kept.content::text;

insert into ops.audit_entry (kind, subject, content)
select
    'approval_letter',
    ledger.ledger_id::text,
    jsonb_build_object(
        'submission_id', ledger.submission_id,
        'stage', ledger.stage,
        'notice', ledger.notice,
        'message_id', ledger.message_id,
        'settled_at', ledger.settled_at
    )
from ops.approval_ledger as ledger
where ledger.status = 'sent' and exists (select from ops.audit_entry)
order by ledger.settled_at, ledger.ledger_id;

insert into ops.audit_entry (kind, subject, content)
select
    'warning_letter',
    ledger.ledger_id::text,
    jsonb_build_object(
        'submission_id', ledger.submission_id,
        'stage', ledger.stage,
        'message_id', ledger.message_id,
        'settled_at', ledger.settled_at
    )
from ops.warning_ledger as ledger
where ledger.status = 'sent' and exists (select from ops.audit_entry)
order by ledger.settled_at, ledger.ledger_id;

insert into ops.audit_entry (kind, subject, content)
select
    'answer',
    ledger.ledger_id::text,
    jsonb_build_object(
        'mail_no', ledger.mail_no,
        'reason', ledger.reason,
        'message_id', ledger.message_id,
        'settled_at', ledger.settled_at,
        'recipient_sha256', encode(sha256(convert_to(ledger.recipient, 'UTF8')), 'hex')
    )
from ops.answer_ledger as ledger
where ledger.status = 'sent' and exists (select from ops.audit_entry)
order by ledger.settled_at, ledger.ledger_id;

comment on table ops.audit_entry is
    'One row per received file, submission, verdict, receipt, closing, sent message and notice, decision, approval, '
    'confirmation, erasure, public release, published file and row of the history of the catalogue, in the order in '
    'which they were recorded. Append-only. '
    'hash is the SHA-256 of previous_hash, entry_no, kind, subject, recorded_at (UTC, microseconds) and content, one '
    'a line.';

update ops.contact as contact set email = null
from ops.contact as other
where lower(contact.email) = lower(other.email) and contact.email > other.email and contact.webhook is not null
    and (contact.unit_code, contact.agency_code, contact.role) = (other.unit_code, other.agency_code, other.role)
    and not exists (
        select from ops.contact as third
        where (third.unit_code, third.agency_code, third.role) = (contact.unit_code, contact.agency_code, contact.role)
            and coalesce(third.email, third.webhook) = contact.webhook);
delete from ops.contact as contact using ops.contact as other
where lower(contact.email) = lower(other.email) and contact.email > other.email
    and (contact.unit_code, contact.agency_code, contact.role) = (other.unit_code, other.agency_code, other.role);
update ops.contact set email = lower(email) where email <> lower(email);
"""

DOWNGRADE = """
comment on table ops.audit_entry is
    'One row per received file, submission, verdict, receipt, closing, sent message, public release and published '
    'file, in the order in which they were recorded. Append-only. '
    'hash is the SHA-256 of previous_hash, entry_no, kind, subject, recorded_at (UTC, microseconds) and content, one '
    'a line.';
"""
"""Entries stay: the chain is append-only, and an earlier release passes over the kinds that it does not know."""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
