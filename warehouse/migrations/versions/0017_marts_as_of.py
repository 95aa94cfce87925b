"""The schemas of the marts as they were, and of the steps before them: views that answer as of the session's time.

What a figure is made of is looked for in the marts of both schemas: behind a stored mart it is its twin that reads it.
Stored marts take in no report (accepted_through is 0) and are no further partitions of the marts.
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

SCHEMA = """
create schema if not exists marts_as_of;
comment on schema marts_as_of is
'The marts that have an earlier state, as views that answer as of the time that the session asks for '
'(baocao.as_of), or the newest. Our own program reads them; tools have the functions marts.…_as_of(time).
VI: Các bảng số liệu của marts dưới dạng truy vấn, trả lời theo thời điểm mà phiên yêu cầu (baocao.as_of).';
create schema if not exists intermediate_as_of;
comment on schema intermediate_as_of is
'The steps before marts_as_of: views as those of intermediate, which read what was in force at the time asked for.
VI: Các bước trung gian của marts_as_of.';
grant usage on schema marts_as_of to baocao_loader;
alter default privileges in schema marts_as_of grant select on tables to baocao_loader;
"""

NEWEST = """
create function app.reads_newest() returns boolean
language plpgsql stable parallel safe set search_path = '' as $$
begin
    if nullif(current_setting('baocao.as_of', true), '') is not null then
        raise exception 'The session asks for figures as of %, and this table has the newest.',
            current_setting('baocao.as_of')
            using errcode = 'object_not_in_prerequisite_state',
                hint = 'The functions marts.…_as_of(time) tell a mart as of a time.';
    end if;
    return true;
end
$$;
comment on function app.reads_newest() is
'True where the session asks for no earlier time (baocao.as_of); an error where it does.
VI: Đúng nếu phiên không yêu cầu thời điểm trước đây; báo lỗi nếu có.';

create function ops.refuse_other_times(mart regclass) returns void
language plpgsql as $$
begin
    if not exists (select from pg_policy where polrelid = mart) then
        execute format('alter table %s enable row level security', mart);
        execute format('create policy newest on %s for select using ((select app.reads_newest()))', mart);
    end if;
end
$$;
comment on function ops.refuse_other_times is
    'Whoever reads a table of the newest rows as of another time gets an error that says where to read. Its owner, and '
    'with it the views upon it, are asked by the views.';
"""

FUNCTIONS = """
create or replace function ops.figures_versions()
returns table (programme_code text, version text)
language sql stable as $$
    with marts as (
        select array_agg(oid::regclass) as relations
        from pg_class
        where relnamespace in (select oid from pg_namespace where nspname in {schemas}) and relkind in ('r', 'v')
    ),
    made as materialized (
        select state.programme_code,
            string_agg(state.relation || ' ' || state.version, ' ' order by relation) as version
        from ops.relation_state as state
        where state.relation in (select inputs.name from marts, ops.inputs_of(marts.relations) as inputs)
        group by 1
    )
    select named.programme_code, left(md5(concat_ws(' ', shared.version, own.version)), 16)
    from (select distinct state.programme_code from ops.relation_state as state) as named
    left join made as shared on shared.programme_code = ''
    left join made as own on own.programme_code = named.programme_code
    where named.programme_code <> ''
$$;

create or replace function ops.mart_partitions()
returns table (programme_code text, period text, partition_province_id text, version text, accepted_through bigint)
language sql stable as $$
    with marts as (
        select array_agg(oid::regclass) as relations
        from pg_class
        where relnamespace in (select oid from pg_namespace where nspname in {schemas}) and relkind in ('r', 'v')
    )
    select state.programme_code, state.period, state.partition_province_id,
        md5(concat(min(figures.version), ' ',
            string_agg(state.consumer || ' ' || state.version, ' ' order by consumer))),
        min(state.accepted_through)
    from ops.partition_state as state
    left join ops.figures_versions() as figures on figures.programme_code = state.programme_code
    where state.consumer in (select inputs.name from marts, ops.inputs_of(marts.relations) as inputs)
        and state.accepted_through > 0
    group by 1, 2, 3
$$;
"""

DEFINITIONS = """
create function ops.definition_of(relation regclass) returns text
language sql stable set search_path = '' as $$ select pg_get_viewdef(relation) $$;
comment on function ops.definition_of is
    'The definition of a view as PostgreSQL has it, every name qualified, whatever the search path of the session.';

create or replace function ops.input_versions(definition regclass)
returns table (programme_code text, version text)
language sql stable as $$
    with inputs as materialized (select * from ops.inputs_of(array[definition])),
    defined as (
        select string_agg(md5(ops.definition_of(relation)), ' ' order by relation <> definition, name) as version
        from inputs where is_view
    ),
    contents as (
        select state.programme_code,
            string_agg(state.relation || ' ' || state.version, ' ' order by relation) as version
        from ops.relation_state as state
        where state.relation in (select name from inputs where not is_view)
        group by 1
    ),
    programmes as (select '' as programme_code union select state.programme_code from ops.relation_state as state)
    select programmes.programme_code, md5(concat_ws(' ', defined.version, shared.version, own.version))
    from programmes
    cross join defined
    left join contents as shared on shared.programme_code = ''
    left join contents as own on own.programme_code = programmes.programme_code and own.programme_code <> ''
$$;
"""
UNDEFINED = DEFINITIONS.partition("\n\n")[2].replace("ops.definition_of", "pg_get_viewdef")


def upgrade() -> None:
    op.execute(SCHEMA)
    op.execute(DEFINITIONS)
    op.execute(NEWEST)
    op.execute(FUNCTIONS.replace("{schemas}", "('marts', 'marts_as_of')"))


def downgrade() -> None:
    op.execute(UNDEFINED)
    op.execute("drop function ops.definition_of(regclass)")
    op.execute("drop function ops.refuse_other_times(regclass)")
    op.execute("drop function app.reads_newest() cascade")
    op.execute("drop schema marts_as_of cascade")
    op.execute("drop schema intermediate_as_of cascade")
    op.execute(FUNCTIONS.replace("{schemas}", "('marts')"))
