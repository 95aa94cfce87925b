"""What each relation was made from, kept by whoever makes it in the same transaction as its rows.

dbt's own materialisations write here (dbt_project/macros/materializations); the checks and the publication read and
write by the same rule. docs/dbt.md explains it.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = """
create table ops.relation_state (
    relation text not null,
    programme_code text not null default '',
    kind text not null check (kind in ('rows', 'definition', 'inputs')),
    version text not null,
    changed_at timestamptz not null default clock_timestamp(),
    primary key (relation, programme_code)
);
comment on table ops.relation_state is
    'One row per relation that dbt makes and programme (empty: what is of no programme). version: a hash, of a seed or '
    'a refilled table of its rows, of a view of its definition, of a partitioned table of all its inputs but reports.';

create table ops.partition_state (
    consumer text not null,
    programme_code text not null,
    period text not null,
    partition_province_id text not null,
    version text not null,
    accepted_through bigint not null,
    updated_at timestamptz not null default clock_timestamp(),
    primary key (consumer, programme_code, period, partition_province_id)
);
comment on table ops.partition_state is
    'One row per consumer and partition, with the version that it has taken in. consumer: a partitioned table of dbt, '
    '`checks` for what passed the checks of a build, `workbooks` for what is published. '
    'accepted_through: the last accepted report in it.';
"""

FUNCTIONS = """
create function ops.inputs_of(relations regclass[])
returns table (relation regclass, name text, is_view boolean)
language sql stable as $$
    with recursive reached(id) as (
        select unnest(relations)::oid
        union
        select depends.refobjid
        from reached
        join pg_rewrite as rule on rule.ev_class = reached.id
        join pg_depend as depends
            on depends.classid = 'pg_rewrite'::regclass and depends.objid = rule.oid
            and depends.refclassid = 'pg_class'::regclass and depends.refobjid <> rule.ev_class
    )
    select class.oid::regclass, namespace.nspname || '.' || class.relname, class.relkind = 'v'
    from reached
    join pg_class as class on class.oid = reached.id
    join pg_namespace as namespace on namespace.oid = class.relnamespace
$$;
comment on function ops.inputs_of is
    'The relations themselves and all that they read, through views down to tables, as PostgreSQL has it.';

create function ops.content_versions(relation regclass)
returns table (programme_code text, version text)
language plpgsql stable set timezone = 'UTC' set datestyle = 'ISO' set intervalstyle = 'postgres'
set extra_float_digits = 1 as $$
declare
    programme text := '''''';
begin
    if exists (select from pg_attribute where attrelid = relation and attname = 'programme_code' and not attisdropped)
    then
        programme := 'coalesce(content.programme_code, '''')';
    end if;
    return query execute format(
        'select %s, md5(concat(count(*), '' '', sum(hashtextextended(content::text, 0)::numeric), '' '', '
        'sum(hashtextextended(content::text, 1)::numeric))) from %s as content group by 1', programme, relation);
end
$$;
comment on function ops.content_versions is
    'A hash of the rows of a relation, whatever their order: by programme where it has a programme_code.';

create function ops.record_contents(name text, content regclass) returns boolean
language plpgsql as $$
declare
    changed boolean;
begin
    with made as materialized (select * from ops.content_versions(content)),
    gone as (
        delete from ops.relation_state as state
        where state.relation = name and state.programme_code not in (select programme_code from made)
        returning true
    ),
    written as (
        insert into ops.relation_state as state (relation, programme_code, kind, version)
        select name, programme_code, 'rows', version from made
        on conflict (relation, programme_code) do update
        set version = excluded.version, changed_at = excluded.changed_at
        where state.version <> excluded.version
        returning true
    )
    select exists (select from gone) or exists (select from written) into changed;
    return changed;
end
$$;
comment on function ops.record_contents is
    'Keeps the versions of the rows of `content` as those of the relation `name`; whether they are others than before.';

create function ops.record_definition(name text, definition text) returns void
language sql as $$
    insert into ops.relation_state as state (relation, kind, version) values (name, 'definition', md5(definition))
    on conflict (relation, programme_code) do update
    set version = excluded.version, changed_at = excluded.changed_at
    where state.version <> excluded.version
$$;

create function ops.input_versions(definition regclass)
returns table (programme_code text, version text)
language sql stable as $$
    with inputs as materialized (select * from ops.inputs_of(array[definition])),
    defined as (
        select string_agg(md5(pg_get_viewdef(relation)), ' ' order by relation <> definition, name) as version
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
comment on function ops.input_versions is
    'By programme, a hash of all that a view is made of except reports: its definition, those of the views it reads, '
    'and the rows of the tables below. Empty programme: of what is of none.';

create function ops.current_partitions(definition regclass, reports regclass)
returns table (programme_code text, period text, partition_province_id text, version text, accepted_through bigint)
language plpgsql stable as $$
begin
    return query execute format(
        'with inputs as materialized (select name from ops.inputs_of(array[$1]) where not is_view),
        made as materialized (select * from ops.input_versions($1)),
        parts as (
            select state.programme_code, state.period, state.partition_province_id,
                state.consumer || '' '' || state.version as version, state.accepted_through
            from ops.partition_state as state where state.consumer in (select name from inputs)
            %s
        )
        select parts.programme_code, parts.period, parts.partition_province_id,
            md5(concat(min(coalesce(own.version, shared.version)), '' '',
                string_agg(parts.version, '' '' order by parts.version))),
            max(parts.accepted_through)
        from parts
        left join made as own on own.programme_code = parts.programme_code
        left join made as shared on shared.programme_code = ''''
        group by 1, 2, 3',
        case when reports is not null then format(
            'union all
            select programme_code, period, partition_province_id,
                concat(count(*), '' reports '', max(accepted_seq)), max(accepted_seq)
            from %s where is_accepted group by 1, 2, 3', reports) end
    ) using definition;
end
$$;
comment on function ops.current_partitions is
    'The partitions that a view has now, each with a hash of all that its rows are made of: its definition, the rows '
    'of its programme, the reports in it (where a relation of reports is given) and the partitions of other tables.';

create function ops.figures_versions()
returns table (programme_code text, version text)
language sql stable as $$
    with marts as (
        select array_agg(oid::regclass) as relations
        from pg_class where relnamespace = 'marts'::regnamespace and relkind in ('r', 'v')
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
comment on function ops.figures_versions is
    'By programme, the version of what makes its figures out of reports: rows of the catalogue and definitions of the '
    'models. It is printed in workbooks.';

create function ops.mart_partitions()
returns table (programme_code text, period text, partition_province_id text, version text, accepted_through bigint)
language sql stable as $$
    with marts as (
        select array_agg(oid::regclass) as relations
        from pg_class where relnamespace = 'marts'::regnamespace and relkind in ('r', 'v')
    )
    select state.programme_code, state.period, state.partition_province_id,
        md5(concat(min(figures.version), ' ',
            string_agg(state.consumer || ' ' || state.version, ' ' order by consumer))),
        min(state.accepted_through)
    from ops.partition_state as state
    left join ops.figures_versions() as figures on figures.programme_code = state.programme_code
    where state.consumer in (select inputs.name from marts, ops.inputs_of(marts.relations) as inputs)
    group by 1, 2, 3
$$;
comment on function ops.mart_partitions is
    'The partitions that the marts have now, each with a hash of all that its figures are made of.';

create function ops.changed_partitions(of_consumer text)
returns table (programme_code text, period text, partition_province_id text, version text, accepted_through bigint)
language sql stable as $$
    select coalesce(now.programme_code, taken.programme_code), coalesce(now.period, taken.period),
        coalesce(now.partition_province_id, taken.partition_province_id), now.version, now.accepted_through
    from ops.mart_partitions() as now
    full join (select * from ops.partition_state where consumer = of_consumer) as taken
        on taken.programme_code = now.programme_code and taken.period = now.period
        and taken.partition_province_id = now.partition_province_id
    where taken.version is distinct from now.version
$$;
comment on function ops.changed_partitions is
    'The partitions of the marts that a consumer has not taken in as they are now; without a version: those that are '
    'there no more.';
"""

RESULTS = """
create table ops.check_result_by_programme (
    run_id bigint not null,
    suite text not null,
    rule text not null,
    programme_code text not null,
    unexpected_count bigint,
    primary key (run_id, suite, rule, programme_code),
    foreign key (run_id, suite, rule) references ops.check_result on delete cascade
);
comment on table ops.check_result_by_programme is
    'One row per broken rule of a check of the marts, or failing test of dbt, and programme whose rows break it; '
    'empty: rows of no programme.';
"""

GRANTS = """
grant delete on ops.partition_state to baocao_loader;
"""

DOWNGRADE = """
drop table ops.check_result_by_programme;
drop function ops.changed_partitions(text);
drop function ops.mart_partitions();
drop function ops.figures_versions();
drop function ops.current_partitions(regclass, regclass);
drop function ops.input_versions(regclass);
drop function ops.record_definition(text, text);
drop function ops.record_contents(text, regclass);
drop function ops.content_versions(regclass);
drop function ops.inputs_of(regclass[]);
drop table ops.partition_state;
drop table ops.relation_state;
"""


def upgrade() -> None:
    for script in (TABLES, FUNCTIONS, RESULTS, GRANTS):
        op.execute(script)


def downgrade() -> None:
    op.execute(DOWNGRADE)
