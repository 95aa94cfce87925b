"""Files with personal data are kept apart and for a short time; what was erased is evidence, append-only."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

UPGRADE = """
create table ops.restricted_file (
    sha256 text primary key,
    rules text[] not null,
    restricted_at timestamptz not null,
    expires_at timestamptz not null,
    deleted_at timestamptz
);
comment on table ops.restricted_file is
    'One row per file that was refused for personal data in it: it is kept in the restricted folder and not in the '
    'archive, until expires_at. Neither its name nor anything of it is here.';
comment on column ops.restricted_file.rules is 'What was found, as rules of the gate.';
comment on column ops.restricted_file.deleted_at is 'When its bytes were deleted; empty while they are there.';

create table ops.erasure (
    erasure_id bigint generated always as identity primary key,
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    scope text not null check (scope in ('bytes', 'everything')),
    erased_at timestamptz not null,
    erased_by text not null,
    act text not null,
    counts jsonb not null default '{}'
);
comment on table ops.erasure is
    'One row per erasure: which content, when, by whom and by which act; nothing of what it was. Append-only.';
comment on column ops.erasure.scope is
    'bytes: the file in the restricted folder, because its time was up. everything: all that is kept of a file.';
comment on column ops.erasure.counts is 'How many rows and files were deleted, by table and folder.';
create index erasure_sha256 on ops.erasure (sha256);
create trigger append_only before update or delete on ops.erasure
for each statement execute function ops.refuse_change();
revoke update on ops.erasure from baocao_loader;
"""

DOWNGRADE = """
drop table ops.erasure;
drop table ops.restricted_file;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
