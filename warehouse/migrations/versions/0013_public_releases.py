"""What was released to the public: figures printed and suppressed, counts below them, the proof of each release."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

UPGRADE = """
create table ops.public_release (
    release_id bigint generated always as identity primary key,
    programme_code text not null,
    periods text[] not null,
    released_at timestamptz not null,
    figures integer not null,
    primary_suppressed integer not null,
    complementary_suppressed integer not null,
    counts_attacked integer not null,
    counts_recovered integer not null check (counts_recovered = 0),
    least_width numeric,
    median_width numeric,
    rule jsonb not null
);
comment on table ops.public_release is
    'One row per release of a programme to the public, with its certificate: what an attacker found out about every '
    'suppressed small count from all releases together. A release that recovers one cannot be stored.';
comment on column ops.public_release.figures is 'Figures of sensitive indicators in the release.';
comment on column ops.public_release.primary_suppressed is 'Suppressed because the count is small itself.';
comment on column ops.public_release.complementary_suppressed is 'Given up because others could be recovered from it.';
comment on column ops.public_release.counts_attacked is 'Suppressed small sums of all releases so far.';
comment on column ops.public_release.least_width is 'The narrowest interval in which the attacker finds one.';
comment on column ops.public_release.rule is 'The rule that was in force.';

create table ops.public_count (
    name text primary key,
    low numeric not null,
    high numeric not null,
    ceiling numeric,
    has_small_base boolean not null
);
comment on table ops.public_count is
    'One row per reported count of a sensitive indicator below a released figure, whether it was printed or not. '
    'Confidential: it holds what releases suppress.';
comment on column ops.public_count.ceiling is 'What it can be at most, by a base that is known; empty where it is not.';

create table ops.public_figure (
    release_id bigint not null references ops.public_release,
    programme_code text not null,
    indicator_code text not null,
    period text not null,
    unit_id text not null,
    unit_code text not null,
    boundary_basis text not null,
    measure text not null,
    unit_level text not null,
    suppression text not null check (suppression in ('none', 'primary', 'complementary')),
    numerator numeric,
    denominator numeric,
    value_low numeric,
    value_high numeric,
    sums jsonb not null,
    primary key (release_id, indicator_code, period, unit_code, boundary_basis, measure),
    check (suppression = 'none' or num_nonnulls(numerator, denominator, value_low, value_high) = 0)
);
comment on table ops.public_figure is
    'One row per figure of a sensitive indicator in a release: its numbers as printed, none where it was suppressed.';
comment on column ops.public_figure.sums is
    'The counts that it is made of (ops.public_count) with their shares: of its numerator, and of a change also of the '
    'base. Whether each is small itself is in is_primary.';

create table ops.public_relation (
    programme_code text not null,
    terms jsonb not null,
    primary key (programme_code, terms)
);
comment on table ops.public_relation is
    'One row per equation that an attacker can take to hold between counts of a programme: shorter periods and their '
    'sum, the base of a change and the count of the year before. Shares by name of the count; together they are 0.';

revoke all on ops.public_relation, ops.public_count, ops.public_figure from baocao_loader;
"""

DOWNGRADE = """
drop table ops.public_figure;
drop table ops.public_count;
drop table ops.public_relation;
drop table ops.public_release;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
