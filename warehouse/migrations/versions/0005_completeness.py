"""The step `completeness`, and the reports that break one of its rules, by name."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STEPS = """
alter table ops.pipeline_run drop constraint pipeline_run_step_check;
alter table ops.pipeline_run add constraint pipeline_run_step_check
    check (step in ('catalogue', 'receive', 'build', {more}'remind', 'publish'));
"""

FAILURE = """
create table ops.check_failure (
    run_id bigint not null,
    suite text not null,
    rule text not null,
    programme_code text,
    period text,
    unit_level text,
    unit_code text,
    agency_code text,
    detail text,
    foreign key (run_id, suite, rule) references ops.check_result
);
comment on table ops.check_failure is
    'One row per report that breaks a rule of the daily check: as many as check_result.unexpected_count says. '
    'A rate has no agency; the level and the unit are empty where the schedule knows none.';
create index check_failure_rule on ops.check_failure (run_id, rule);
"""


def upgrade() -> None:
    op.execute(STEPS.format(more="'completeness', "))
    op.execute(FAILURE)


def downgrade() -> None:
    op.execute("drop table ops.check_failure")
    op.execute(
        "delete from ops.check_result using ops.pipeline_run as run "
        "where run.run_id = check_result.run_id and run.step = 'completeness'"
    )
    op.execute("delete from ops.pipeline_run where step = 'completeness'")
    op.execute(STEPS.format(more=""))
