{% materialization partitioned_table, adapter = "postgres" %}
    {#- A table of which whole partitions (programme, period, province of today) are replaced: those that are made of
        something else than what the table says it was made of. That is kept in ops.partition_state in the same
        transaction as the rows, so that no way of stopping a build can make the table believe what it does not hold.
        The versions are taken before the rows are read: what is accepted meanwhile is only built twice.
        meta.partitions_from: the model of reports, where the table reads reports and not another partitioned table.
        meta.partitions_of: `decisions` where a refused report is in the rows as well, else `figures`. -#}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type="table") -%}
    {%- set definition = make_temp_relation(target, "__definition") -%}
    {%- set content = make_temp_relation(target) -%}
    {%- set name = relation_name(target) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- do query("create temporary view " ~ definition ~ " as (" ~ sql ~ ")") -%}
    {%- do query(current_partitions_sql(definition)) -%}
    {%- if is_made_anew(existing) -%}
        {% call statement("main") -%}
            {{ replace_table(existing, target, in_reading_order(sql)) }}
        {%- endcall %}
        {%- do create_missing_indexes(target) -%}
        {%- do query("delete from ops.partition_state where consumer = '" ~ name ~ "'") -%}
        {%- do query("analyze " ~ target) -%}
    {%- endif -%}
    {%- set columns = quoted_columns(definition, target) -%}
    {%- set changed = query(changed_partitions_sql(name)) -%}
    {%- if not is_made_anew(existing) -%}
        {%- do create_missing_indexes(target) -%}
        {% call statement("main") -%}
            {%- if changed %}
                {%- set predicate = partitions_predicate(changed) %}
                create temporary table {{ content }} on commit drop as (
                {{ sql | replace(every_partition(), predicate) }}
                );
                delete from {{ target }}
                where {{ predicate }}
                ;
                insert into {{ target }} ({{ columns }})
                select {{ columns }}
                from {{ content }}
                order by {{ reading_order() }}
                ;
            {%- else %} select 'nothing changed'
            {%- endif %}
        {%- endcall %}
        {%- if not query(
            "select reltuples > 0 from pg_class where oid = '" ~ target ~ "'::regclass"
        )[0][0] -%}
            {%- do query("analyze " ~ target) -%}  {#- one that was never looked at is planned blindly -#}
        {%- endif -%}
    {%- endif -%}
    {%- do query(keep_partitions_sql(name, definition)) -%}
    {%- do query("drop view " ~ definition) -%}
    {{ return(finish(existing, target)) }}
{% endmaterialization %}

{% macro in_changed_partitions() -%}
    {#- In a partitioned model: the rows of the partitions that are built now. As compiled it is every partition; the
        materialisation puts literal keys in its place. -#}
    {{ every_partition() }}
{%- endmacro %}

{% macro every_partition() -%}
    (
        true  /* every partition */
    )
{%- endmacro %}

{% macro partitions_predicate(partitions) -%}
    {#- A predicate with literal periods: without them the planner scans the whole history.
        Beyond a screenful of partitions whole periods are named; they are all replaced. -#}
    {%- set listed = partitions | length <= var("partitions_listed") -%}
    {%- set keys = [] -%}
    {%- for partition in partitions -%}
        {%- set key = (
            "('"
            ~ partition[0]
            ~ "', '"
            ~ partition[1]
            ~ ("', '" ~ partition[2] if listed else "")
            ~ "')"
        ) -%}
        {%- if key not in keys -%} {%- do keys.append(key) -%} {%- endif -%}
    {%- endfor -%}
    (programme_code, period{{ ", partition_province_id" if listed }}) in ({{ keys | join(", ") }})
{%- endmacro %}

{% macro current_partitions_sql(definition) -%}
    {%- set names = [model.config.meta.get("partitions_from")] -%}
    {%- set reports = graph.nodes.values() | selectattr("name", "in", names) | list -%}
    create temporary table partitions_now on commit drop as
    select * from ops.current_partitions(
        '{{ definition }}',
    {% if reports -%} '{{ reports[0].schema }}.{{ reports[0].alias }}' {%- else -%} null {%- endif %},
        '{{ partitions_content() }}'
    )
{%- endmacro %}

{% macro partitions_content() -%}
    {{ model.config.meta.get("partitions_of", "figures") }}
{%- endmacro %}

{% macro changed_partitions_sql(name) -%}
    select
        coalesce(now.programme_code, built.programme_code),
        coalesce(now.period, built.period),
        coalesce(now.partition_province_id, built.partition_province_id)
    from partitions_now as now
    full join
        (select * from ops.partition_state where consumer = '{{ name }}') as built
        on built.programme_code = now.programme_code
        and built.period = now.period
        and built.partition_province_id = now.partition_province_id
    where built.version is distinct from now.version
{%- endmacro %}

{% macro keep_partitions_sql(name, definition) -%}
    {#- What the table was made from. A partition without reports has no rows and no state. -#}
    delete from ops.partition_state as built
    where
        built.consumer = '{{ name }}'
        and (built.programme_code, built.period, built.partition_province_id)
        not in (select programme_code, period, partition_province_id from partitions_now)
    ;
    insert into ops.partition_state as built
        (consumer, content, programme_code, period, partition_province_id, version, accepted_through)
    select
        '{{ name }}',
        '{{ partitions_content() }}',
        programme_code,
        period,
        partition_province_id,
        version,
        accepted_through
    from partitions_now
    on conflict (consumer, programme_code, period, partition_province_id) do update
    set
        version = excluded.version,
        accepted_through = excluded.accepted_through,
        updated_at = excluded.updated_at
    where built.version <> excluded.version
    ;
    insert into ops.relation_state as built (relation, programme_code, kind, version)
    select '{{ name }}', programme_code, 'inputs', version from ops.input_versions('{{ definition }}')
    on conflict (relation, programme_code) do update
    set version = excluded.version, changed_at = excluded.changed_at
    where built.version <> excluded.version
    ;
    drop table partitions_now
{%- endmacro %}
