"""Every row of the catalogue with the time in which it was recorded: what a plan promised is read as of any time.

Written by the load of each seed, in its transaction (dbt_project/dbt_project.yml), whoever starts dbt. What a home
holds when it is migrated counts as recorded from the beginning of time.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLE = """
create table ops.catalogue_row (
    seed text not null,
    programme_code text not null default '',
    content jsonb not null,
    valid_from date,
    recorded_from timestamptz not null,
    recorded_to timestamptz not null default 'infinity',
    loaded_at timestamptz not null,
    check (recorded_from <= recorded_to)
);
comment on table ops.catalogue_row is
    'One row per row of a seed of the catalogue and time in which it was recorded: recorded_from ≤ t < recorded_to. '
    'Append-only but for recorded_to, which the load sets that no longer has the row.';
comment on column ops.catalogue_row.programme_code is 'Empty for a row that is of no programme.';
comment on column ops.catalogue_row.content is 'The cells that are not empty, by column.';
comment on column ops.catalogue_row.valid_from is
    'The day from which the row is in force, where its seed has such a column; empty: from the beginning.';
comment on column ops.catalogue_row.recorded_from is
    'When the load began that brought the row; -infinity for the first rows of a programme, before which nothing is '
    'known of it.';
comment on column ops.catalogue_row.loaded_at is 'When the load began; -infinity for what a migrated home held.';
create index catalogue_row_seed on ops.catalogue_row (seed, recorded_to, programme_code);
revoke insert, update on ops.catalogue_row from baocao_loader;
"""

APPEND_ONLY = """
create function ops.keep_catalogue_row() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and old.recorded_to = 'infinity'
        and (to_jsonb(new) - 'recorded_to') = (to_jsonb(old) - 'recorded_to')
    then
        return new;
    end if;
    raise exception 'The history of the catalogue is append-only.';
end
$$;
create trigger append_only before update or delete on ops.catalogue_row
    for each row execute function ops.keep_catalogue_row();
"""

RECORD = """
create function ops.record_catalogue(seed regclass) returns void
language plpgsql set timezone = 'UTC' set datestyle = 'ISO' as $$
declare
    seed_name text := (select relname from pg_class where oid = seed);
    load_at timestamptz := greatest(
        coalesce((
            select as_of from ops.pipeline_run where step = 'catalogue' and status = 'running'
            order by run_id desc limit 1), now()),
        (select max(loaded_at) from ops.catalogue_row));
    last_load_at timestamptz := (
        select max(as_of) from ops.pipeline_run where step = 'catalogue' and status = 'succeeded');
begin
    execute format(
        'create temporary table loaded on commit drop as '
        'select distinct content, coalesce(content ->> ''programme_code'', '''') as programme_code '
        'from (select jsonb_strip_nulls(to_jsonb(seed)) as content from %s as seed) as cells', seed);
    update ops.catalogue_row as kept set recorded_to = load_at
    where kept.seed = seed_name and kept.recorded_to = 'infinity'
        and not exists (select from pg_temp.loaded where loaded.content = kept.content);
    insert into ops.catalogue_row (seed, programme_code, content, valid_from, recorded_from, loaded_at)
    select seed_name, loaded.programme_code, loaded.content, (loaded.content ->> 'valid_from')::date,
        case when programme.is_known then load_at else '-infinity' end, load_at
    from pg_temp.loaded
    join (
        select named.programme_code, exists (
            select from ops.catalogue_row as earlier
            where earlier.programme_code = named.programme_code and earlier.loaded_at < load_at
                and (earlier.seed = seed_name or named.programme_code <> '' and earlier.loaded_at <= last_load_at)
        ) as is_known
        from (select distinct programme_code from pg_temp.loaded) as named
    ) as programme using (programme_code)
    where not exists (
        select from ops.catalogue_row as kept
        where kept.seed = seed_name and kept.recorded_to = 'infinity' and kept.content = loaded.content);
    drop table pg_temp.loaded;
    perform ops.show_catalogue_as_of(seed);
end
$$;
comment on function ops.record_catalogue is
    'Keeps the rows of a seed as recorded from the load that is under way, and ends those that it no longer has. '
    'The first rows of a programme count from the beginning of time.';

create schema catalogue_as_of;
comment on schema catalogue_as_of is
    'The catalogue as it was recorded at the time that the session asks for (baocao.as_of); without one, as it is.
VI: Danh mục như đã ghi vào thời điểm được hỏi (baocao.as_of); không hỏi thì là danh mục hiện hành.';
grant usage on schema catalogue_as_of to baocao_loader;
alter default privileges in schema catalogue_as_of grant select on tables to baocao_loader;

create function ops.show_catalogue_as_of(seed regclass) returns void
language plpgsql as $$
declare
    seed_name text := (select relname from pg_class where oid = seed);
    shown regclass := to_regclass(format('catalogue_as_of.%I', seed_name));
begin
    if shown is not null and not exists (
        select attname from pg_attribute where attrelid = seed and attnum > 0 and not attisdropped
        except select attname from pg_attribute where attrelid = shown and attnum > 0)
    then
        return;
    end if;
    execute format('
        create or replace view catalogue_as_of.%1$I as
        select seed.* from %2$s as seed where app.requested_as_of() is null
        union all
        select earlier.*
        from ops.catalogue_row as kept
        cross join lateral jsonb_populate_record(null::%2$s, kept.content) as earlier
        where app.requested_as_of() is not null and kept.seed = %3$L
            and kept.recorded_from <= app.requested_as_of() and kept.recorded_to > app.requested_as_of()',
        seed_name, seed, seed_name);
end
$$;
comment on function ops.show_catalogue_as_of is
    'Makes the view of the schema catalogue_as_of that reads a seed as of the time that the session asks for.';
"""

WHAT_IS_THERE = """
do $$
declare
    seed regclass;
begin
    for seed in
        select oid from pg_class where relnamespace = 'catalogue'::regnamespace and relkind = 'r' order by relname
    loop
        perform ops.record_catalogue(seed);
    end loop;
end
$$;
update ops.catalogue_row set loaded_at = '-infinity';
"""

VERSIONS = """
create function ops.catalogue_versions(as_of timestamptz)
returns table (programme_code text, version text)
language sql stable set timezone = 'UTC' as $$
    with marts as (
        select array_agg(oid::regclass) as relations
        from pg_class
        where relnamespace in (select oid from pg_namespace where nspname in ('marts', 'marts_as_of'))
            and relkind in ('r', 'v')
    ),
    inputs as materialized (select inputs.* from marts, ops.inputs_of(marts.relations) as inputs),
    defined as (
        select string_agg(md5(ops.definition_of(relation)), ' ' order by name) as version from inputs where is_view
    ),
    mapped as (
        select string_agg(state.relation || ' ' || state.version, ' ' order by state.relation) as version
        from ops.relation_state as state
        where state.relation like 'geography.%' and state.relation in (select name from inputs)
    ),
    recorded as (
        select kept.programme_code, string_agg(kept.line, ' ' order by kept.line) as version
        from (
            select earlier.programme_code, md5(earlier.seed || ' ' || earlier.content::text) as line
            from ops.catalogue_row as earlier
            where earlier.recorded_from <= as_of and earlier.recorded_to > as_of
                and (earlier.valid_from is null
                    or earlier.valid_from::timestamp at time zone 'Asia/Ho_Chi_Minh' <= as_of)
        ) as kept
        group by 1
    )
    select own.programme_code, left(md5(concat_ws(
        ' ', defined.version, mapped.version, shared.version, own.version)), 16)
    from recorded as own
    cross join defined
    cross join mapped
    left join recorded as shared on shared.programme_code = ''
    where own.programme_code <> ''
$$;
comment on function ops.catalogue_versions is
    'By programme, the version of its rows of the catalogue in force at that time, with the map and the models of '
    'today. It is printed in workbooks.';
"""

DOWNGRADE = """
drop schema catalogue_as_of cascade;
drop function ops.catalogue_versions(timestamptz);
drop function ops.record_catalogue(regclass);
drop function ops.show_catalogue_as_of(regclass);
drop table ops.catalogue_row;
drop function ops.keep_catalogue_row();
"""


def upgrade() -> None:
    for script in (TABLE, RECORD, WHAT_IS_THERE, APPEND_ONLY, VERSIONS):
        op.execute(script)


def downgrade() -> None:
    op.execute(DOWNGRADE)
