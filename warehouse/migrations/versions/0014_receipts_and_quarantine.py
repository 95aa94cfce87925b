"""Which receipts were issued, so that a lost one is made again; and which files of the inbox need a person."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

UPGRADE = """
create table ops.issued_receipt (
    sha256 text not null references raw.file on delete cascade,
    batch_id uuid not null,
    issued_at timestamptz not null default clock_timestamp(),
    primary key (sha256, batch_id)
);
comment on table ops.issued_receipt is
    'One row per file and batch whose receipt is on disk. A verdict without it had its receipt lost by a kill: the '
    'next run writes it.';
insert into ops.issued_receipt (sha256, batch_id, issued_at)
select submission.sha256, submission.batch_id, max(verdict.decided_at)
from raw.submission as submission
join ops.submission_verdict as verdict using (submission_id)
group by 1, 2;

create table ops.quarantined_file (
    address text not null,
    fingerprint text not null,
    cause text not null check (cause in ('exhausted', 'killed', 'not_opened', 'waiting', 'not_removed')),
    detail text not null,
    noticed_at timestamptz not null default clock_timestamp(),
    notified_at timestamptz,
    primary key (address, fingerprint, cause)
);
comment on table ops.quarantined_file is
    'One row per file that needs a person: it stopped its reader, or cannot be read or removed where it lies.';
comment on column ops.quarantined_file.address is 'Where it lay, in readable characters.';
comment on column ops.quarantined_file.fingerprint is 'Changes when the file is written anew; empty where unknown.';
comment on column ops.quarantined_file.cause is
    'exhausted, killed: rejected, the file is in the archive. not_opened, waiting: tried again by every run. '
    'not_removed: received, and passed over as long as it is unchanged.';
comment on column ops.quarantined_file.notified_at is 'When the operator was notified, once.';
grant delete on ops.quarantined_file to baocao_loader;
"""

DOWNGRADE = """
drop table ops.quarantined_file;
drop table ops.issued_receipt;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
