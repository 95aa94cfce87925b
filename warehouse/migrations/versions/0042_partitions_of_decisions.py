"""A partitioned table may hold what was decided about reports and not their figures: the statuses of reports.

Its partitions change with every decision, also with one that refuses a report. Figures do not: its states are left out
of what makes a partition of figures, and where the partitions of the marts are compared for checks and publication.
"""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

UPGRADE = """
alter table ops.partition_state
    add column content text not null default 'figures' check (content in ('figures', 'decisions'));
comment on column ops.partition_state.content is
    'What the rows of the consumer are made of: figures of accepted reports, or all decisions about reports.';

drop function ops.current_partitions(regclass, regclass);
"""

PARTITIONS = """
create function ops.current_partitions(definition regclass, reports regclass, content text)
returns table (programme_code text, period text, partition_province_id text, version text, accepted_through bigint)
language plpgsql stable as $$
begin
    return query execute format(
        'with inputs as materialized (select name from ops.inputs_of(array[$1]) where not is_view),
        made as materialized (select * from ops.input_versions($1)),
        parts as (
            select state.programme_code, state.period, state.partition_province_id,
                state.consumer || '' '' || state.version as version, state.accepted_through
            from ops.partition_state as state
            where state.content = ''figures'' and state.consumer in (select name from inputs)
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
            from %s where is_accepted or %L = ''decisions'' group by 1, 2, 3', reports, content) end
    ) using definition;
end
$$;
comment on function ops.current_partitions is
    'The partitions that a view has now, each with a hash of all that its rows are made of: its definition, the rows '
    'of its programme, the reports in it (where a relation of reports is given: those that are accepted, or all that '
    'were decided about, by content) and the partitions of other tables.';
"""

MARTS = """
create or replace function ops.mart_partitions()
returns table (programme_code text, period text, partition_province_id text, version text, accepted_through bigint)
language sql stable as $$
    with marts as (
        select array_agg(oid::regclass) as relations
        from pg_class
        where relnamespace in (select oid from pg_namespace where nspname in ('marts', 'marts_as_of'))
            and relkind in ('r', 'v')
    )
    select state.programme_code, state.period, state.partition_province_id,
        md5(concat(min(figures.version), ' ',
            string_agg(state.consumer || ' ' || state.version, ' ' order by consumer))),
        min(state.accepted_through)
    from ops.partition_state as state
    left join ops.figures_versions() as figures on figures.programme_code = state.programme_code
    where
        state.content = 'figures'
        and state.consumer in (select inputs.name from marts, ops.inputs_of(marts.relations) as inputs)
        and state.accepted_through > 0
    group by 1, 2, 3
$$;
comment on function ops.mart_partitions is
    'The partitions that the figures of the marts have now, each with a hash of all that they are made of.';
"""


def upgrade() -> None:
    op.execute(UPGRADE)
    op.execute(PARTITIONS)
    op.execute(MARTS)


def downgrade() -> None:
    op.execute("delete from ops.partition_state where content <> 'figures'")
    op.execute(MARTS.replace("state.content = 'figures'\n        and ", ""))
    op.execute("drop function ops.current_partitions(regclass, regclass, text)")
    before = PARTITIONS.replace(", content text)", ")").replace(" or %L = ''decisions''", "")
    op.execute(before.replace("state.content = ''figures'' and ", "").replace(", content)", ")"))
    op.execute("alter table ops.partition_state drop column content")
