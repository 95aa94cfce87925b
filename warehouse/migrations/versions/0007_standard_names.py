"""Release 0.2.0: standard names, and the schema `app` for the views that the Python code reads.

Rules that SQL and Python share stand here once: at what instant a session reads (the functions of `app`, which the
planner inlines), and which run of a step was the last that succeeded.

What dbt derived is dropped and made again by the next build under its new names; raw, ops, catalogue and geography
stay. Views that an office made upon the old marts go with them: their columns have other names now (CHANGELOG.md has
the table).
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

DERIVED = """
drop schema if exists app cascade;
drop schema if exists staging cascade;
drop schema if exists intermediate cascade;
drop schema if exists marts cascade;
create schema staging;
create schema intermediate;
create schema marts;
"""

READERS = """
grant usage on schema staging, intermediate, marts{app} to baocao_loader;
alter default privileges in schema staging grant select on tables to baocao_loader;
alter default privileges in schema intermediate grant select on tables to baocao_loader;
alter default privileges in schema marts grant select on tables to baocao_loader;
grant usage on schema marts to bi_reader;
alter default privileges in schema marts grant select on tables to bi_reader;
"""

APP = """
create schema app;
alter default privileges in schema app grant select on tables to baocao_loader;
"""

AS_OF = """
create function app.requested_as_of() returns timestamptz stable parallel safe
    return nullif(current_setting('baocao.as_of', true), '')::timestamptz;
comment on function app.requested_as_of() is
'The instant that the session asks for (setting baocao.as_of); null where it asks for none.
VI: Thời điểm mà phiên làm việc yêu cầu; rỗng nếu không yêu cầu.';

create function app.values_as_of() returns timestamptz stable parallel safe
    return coalesce(app.requested_as_of(), '9999-12-31'::timestamptz);
comment on function app.values_as_of() is
'The instant that figures are read at: the requested one, else one after everything, so that the newest are read.
VI: Thời điểm của số liệu: thời điểm được yêu cầu, nếu không thì số liệu mới nhất.';

create function app.is_valid_as_of(valid_from timestamptz, valid_to timestamptz) returns boolean stable parallel safe
    return valid_from <= app.values_as_of() and valid_to > app.values_as_of();
comment on function app.is_valid_as_of(timestamptz, timestamptz) is
'Whether the half-open interval holds the instant that figures are read at; valid_to is infinity while it is open.
VI: Khoảng thời gian nửa mở có chứa thời điểm của số liệu hay không.';
"""

LAST_RUN = """
create index pipeline_run_succeeded on ops.pipeline_run (step, run_id desc) where status = 'succeeded';
create view ops.last_successful_run as
select distinct on (step) * from ops.pipeline_run where status = 'succeeded' order by step, run_id desc;
comment on view ops.last_successful_run is 'One row per step: its newest run that succeeded.
VI: Mỗi bước một dòng: lượt chạy thành công gần nhất.';
"""

UNIT = """
alter table raw.submission add column unit_id text, add column unit_name text, add column file_name text;
comment on column raw.submission.file_name is
    'The name that the file had this time; empty: the one of raw.file, the first time.';
comment on column raw.submission.unit_id is 'The id of the unit, where the file says it: a template does.';
comment on column raw.submission.unit_name is 'The name of the unit, where the file says it beside the code.';
alter table ops.submission_verdict add column unit_id text;
comment on column ops.submission_verdict.unit_id is
    'The unit that the report is about, decided once by the gate; null where no unit may send it.';
do $resolve$
begin
    if to_regclass('intermediate.int_reports__scheduled') is not null then
        update ops.submission_verdict as verdict set unit_id = scheduled.unit_id
        from raw.submission
        join intermediate.int_reports__scheduled as scheduled using (programme_code, period, unit_code, agency_code)
        where submission.submission_id = verdict.submission_id;
    end if;
end
$resolve$;
create index submission_verdict_unit on ops.submission_verdict (unit_id);
"""

MESSAGE = """
alter table ops.message rename column {old}_at to {new}_at;
alter table ops.message drop constraint message_status_check;
update ops.message set status = '{new}' where status = '{old}';
alter table ops.message add constraint message_status_check check (status in ('{new}', 'sent', 'failed', 'cancelled'));
"""


def upgrade() -> None:
    op.execute(UNIT)
    op.execute(DERIVED)
    op.execute(APP)
    op.execute(READERS.format(app=", app"))
    op.execute(AS_OF)
    op.execute("alter table ops.pipeline_run rename column moment to as_of")
    op.execute(LAST_RUN)
    op.execute(MESSAGE.format(old="frozen", new="queued"))


def downgrade() -> None:
    op.execute(MESSAGE.format(old="queued", new="frozen"))
    op.execute("drop view ops.last_successful_run")
    op.execute("drop index ops.pipeline_run_succeeded")
    op.execute("alter table ops.pipeline_run rename column as_of to moment")
    op.execute(DERIVED)
    op.execute(READERS.format(app=""))
    op.execute("alter table ops.submission_verdict drop column unit_id")
    op.execute("alter table raw.submission drop column unit_id, drop column unit_name, drop column file_name")
