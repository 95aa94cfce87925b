"""The raw and ops schemas: what arrived, what was decided, what was sent.

raw is append-only: rows are inserted by the loader and never updated.
Reports become figures in the schemas that dbt owns; nothing here is derived.
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

RAW = """
create schema raw;

create table raw.file (
    sha256 text primary key,
    file_name text not null,
    size_bytes bigint not null,
    archive_uri text not null,
    batch_id uuid not null,
    received_at timestamptz not null
);
comment on table raw.file is 'One row per distinct content received; identical bytes are one file.';

create table raw.submission (
    submission_id uuid primary key,
    sha256 text not null references raw.file,
    batch_id uuid not null,
    programme_code text,
    period text,
    unit_code text,
    agency_code text not null default 'UBND',
    submission_type text not null default 'full'
        check (submission_type in ('full', 'correction', 'retraction')),
    form text not null default 'figures' check (form in ('figures', 'document')),
    is_made_up boolean not null default false,
    sheet text,
    part_columns jsonb not null default '{}',
    received_at timestamptz not null
);
comment on table raw.submission is
    'One row per report in a file: one unit, programme, period and agency. '
    'The keys are empty where the file could not be read.';
comment on column raw.submission.part_columns is
    'Where each part stood: {"numerator": "D"} in a workbook, {"numerator": "tu_so"} in a CSV.';
create index submission_batch on raw.submission (batch_id);
create index submission_report on raw.submission (programme_code, period, unit_code, agency_code);

create table raw.line (
    line_id bigint generated always as identity primary key,
    submission_id uuid not null references raw.submission,
    row_no integer not null,
    indicator_code text,
    numerator_raw text,
    numerator_kind text not null,
    numerator numrange,
    denominator_raw text,
    denominator_kind text not null,
    denominator numrange,
    value_raw text,
    value_kind text not null,
    value numrange,
    problems jsonb,
    note text
);
comment on table raw.line is
    'One row per indicator line of a submission: three typed cells with their text as received. '
    'Kinds: exact, censored, range, nil, missing, not_applicable, yes, no, unreadable. '
    'A number is an interval: [291,291] exact, (,2.6) for "<2,6"; no interval means no number.';
comment on column raw.line.problems is 'Why a cell is unreadable, by part: {"numerator": "decimal_mark_ambiguous"}.';
create index line_submission on raw.line (submission_id);
"""

OPS = """
create schema ops;

create table ops.submission_verdict (
    submission_id uuid primary key references raw.submission,
    status text not null check (status in ('accepted', 'accepted_with_warnings', 'rejected')),
    accepted_seq bigint generated always as identity unique,
    rules_version text not null,
    decided_at timestamptz not null
);
comment on table ops.submission_verdict is
    'One row per submission that passed through the gate. accepted_seq orders the verdicts; '
    'decided_at is the moment from which an accepted report is known.';

create table ops.submission_issue (
    issue_id bigint generated always as identity primary key,
    submission_id uuid not null references raw.submission,
    line_id bigint references raw.line,
    severity text not null check (severity in ('critical', 'warning')),
    rule text not null,
    message_vi text not null,
    message_en text not null,
    sheet text,
    cell text,
    line integer,
    raw text
);
comment on table ops.submission_issue is 'One row per thing wrong with a submission, with its place.';
create index submission_issue_submission on ops.submission_issue (submission_id);

create table ops.pipeline_run (
    run_id bigint generated always as identity primary key,
    step text not null check (step in ('catalogue', 'receive', 'build', 'remind', 'publish')),
    status text not null check (status in ('running', 'succeeded', 'failed')),
    moment timestamptz not null,
    catalogue_version text,
    accepted_through bigint,
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    detail jsonb not null default '{}'
);
comment on table ops.pipeline_run is
    'One row per run of a step. moment: what the run took as now. '
    'accepted_through: the last verdict that a build has taken into the marts.';

create table ops.node_result (
    run_id bigint not null references ops.pipeline_run,
    node_id text not null,
    status text not null,
    seconds numeric not null,
    failures integer,
    message text,
    primary key (run_id, node_id)
);
comment on table ops.node_result is 'One row per dbt node of a build.';

create table ops.check_result (
    run_id bigint not null references ops.pipeline_run,
    suite text not null,
    rule text not null,
    severity text not null,
    is_met boolean not null,
    unexpected_count bigint,
    primary key (run_id, suite, rule)
);
comment on table ops.check_result is 'One row per expectation of a run of a suite.';

create table ops.contact (
    unit_code text not null,
    agency_code text not null default 'UBND',
    role text not null check (role in ('reporter', 'supervisor', 'owner')),
    email text,
    webhook text,
    check (email is not null or webhook is not null)
);
create unique index contact_key on ops.contact (unit_code, agency_code, role, coalesce(email, webhook));
comment on table ops.contact is 'One row per address that a unit is written to.';

create table ops.message (
    message_id text primary key,
    channel text not null,
    recipient text not null,
    subject text not null,
    body_text text not null,
    body_html text,
    status text not null check (status in ('frozen', 'sent', 'failed')),
    attempts integer not null default 0,
    last_error text,
    frozen_at timestamptz not null,
    sent_at timestamptz
);
comment on table ops.message is 'One row per message, frozen as it was or will be sent.';

create table ops.alert_ledger (
    ledger_id bigint generated always as identity primary key,
    programme_code text not null,
    period text not null,
    unit_id text not null,
    unit_code text not null,
    agency_code text not null,
    deadline_revision integer not null,
    deadline_at timestamptz not null,
    stage text not null,
    audience text not null,
    channel text not null,
    status text not null check (status in ('planned', 'sent', 'cancelled', 'failed', 'logged', 'no_contact')),
    message_id text references ops.message,
    planned_at timestamptz not null,
    settled_at timestamptz,
    unique (programme_code, period, unit_id, agency_code, deadline_revision, stage, audience, channel)
);
comment on table ops.alert_ledger is
    'One row per alert ever planned; its unique key is why nobody is told the same thing twice.';
"""


def upgrade() -> None:
    op.execute(RAW)
    op.execute(OPS)


def downgrade() -> None:
    op.execute("drop schema ops cascade")
    op.execute("drop schema raw cascade")
