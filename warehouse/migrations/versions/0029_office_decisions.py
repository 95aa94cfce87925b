"""What a province's office decides about reporting: who decided what by which act, rows that only grow."""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

UPGRADE = """
create table ops.office_decision (
    decision_id bigint generated always as identity primary key,
    kind text not null check (kind in ('deadline', 'exemption', 'contacts')),
    province_code text,
    programme_code text,
    period text,
    unit_level text,
    unit_code text,
    agency_code text,
    act text,
    act_on date,
    decided_by text,
    reason text,
    before jsonb,
    after jsonb,
    decided_at timestamptz not null,
    recorded_at timestamptz not null default clock_timestamp(),
    account_id uuid references ops.account,
    check (kind = 'contacts' or (act is not null and act_on is not null and decided_by is not null))
);
comment on table ops.office_decision is
    'One row per decision about reporting that was recorded on the pages or with a command: a deadline that was moved, '
    'an exemption, the contacts of a unit. Append-only; a decision is undone by another one. The terms of reports '
    'themselves are rows of the catalogue.';
comment on column ops.office_decision.province_code is 'Of whose units it is; empty for what lies above the provinces.';
comment on column ops.office_decision.unit_code is 'Whom it is about; empty for all units of the level.';
comment on column ops.office_decision.act is 'Number of the document that says so.';
comment on column ops.office_decision.act_on is 'Date of the document.';
comment on column ops.office_decision.decided_by is 'The office that decided, never a person.';
comment on column ops.office_decision.before is
    'The row of the catalogue, or the contacts, before the decision; empty where there was none. Of a webhook only its '
    'scheme and the beginning of its SHA-256.';
comment on column ops.office_decision.decided_at is 'When it was recorded, by the clock of the warehouse.';
comment on column ops.office_decision.recorded_at is 'The same by the clock of the server, whatever BAOCAO_NOW says.';
comment on column ops.office_decision.account_id is 'Who recorded it on the pages; empty for the command line.';
create index office_decision_of_province on ops.office_decision (province_code, kind, decision_id);
create trigger append_only before update on ops.office_decision
for each statement execute function ops.refuse_change();
revoke update on ops.office_decision from baocao_loader;
"""

DOWNGRADE = "drop table ops.office_decision"


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
