{% materialization stored_mart, adapter = "postgres" %}
    {#- A mart, or what one is made of, that is read in milliseconds: the table holds the newest rows, and its twin, a view, makes them as of any
        time. Both have the model's name; a session chooses by its search path. Replaced are the partitions (programme,
        period, province of today) that are made of something else than the table says, known from ops.partition_state,
        as for a partitioned table.
        meta.partitions_from: the model with a row per partition and a hash of the reports that it is made of.
        meta.published_with: a stored mart that is made after this one, and replaces the rows of both in one transaction:
        nobody who reads both finds one ahead of the other. -#}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type="table") -%}
    {%- set twin = as_of_relation(model) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if model.config.contract.enforced -%}
        {%- do get_assert_columns_equivalent(sql) -%}
    {%- endif -%}
    {%- do query(replace_view_sql(twin, as_of_sql(sql))) -%}
    {%- do query(replace_view_sql(newest_relation(model), sql)) -%}
    {%- if is_made_anew(existing) -%}
        {%- do query(current_figure_partitions_sql(model)) -%}
        {% call statement("main") -%}
            {{ replace_table(existing, target, in_reading_order(sql)) }}
        {%- endcall %}
        {%- do create_missing_indexes(target) -%}
        {%- do create_missing_keys(target, model) -%}
        {%- do query("analyze " ~ target) -%}
        {%- do query(keep_partitions_sql(relation_name(target), newest_relation(model))) -%}
    {%- else -%}
        {%- do create_missing_indexes(target) -%}
        {%- if is_published_later(model) -%}
            {% call statement("main") -%} {{ "select 'published with another'" }} {%- endcall %}
        {%- else -%}
            {%- for earlier in published_with(model) -%}
                {%- do replace_changed_partitions(earlier, "earlier") -%}
            {%- endfor -%}
            {%- do replace_changed_partitions(model, "main") -%}
        {%- endif -%}
    {%- endif -%}
    {%- do query("select ops.refuse_other_times('" ~ target ~ "')") -%}
    {%- do persist_docs(twin, model) -%}
    {{ return(finish(existing, target)) }}
{% endmaterialization %}

{% macro newest_relation(node) -%}
    {#- The view of all rows of a stored mart, from which partitions are copied. -#}
    {{ return(view_relation(node, "intermediate", node.alias ~ "__newest")) }}
{%- endmacro %}

{% macro is_published_later(node) -%}
    {#- Where the other mart is made in the same run, and exists: a table that is made anew is filled by itself. -#}
    {%- set names = [node.config.meta.get("published_with")] -%}
    {%- set publishers = (
        graph.nodes.values()
        | selectattr("name", "in", names)
        | selectattr("unique_id", "in", selected_resources)
        | list
    ) -%}
    {%- if not publishers or should_full_refresh() -%} {{ return(false) }} {%- endif -%}
    {%- set other = load_cached_relation(stored_relation(publishers[0])) -%}
    {{ return(other is not none and other.is_table) }}
{%- endmacro %}

{% macro published_with(publisher) -%}
    {#- The marts of this run that leave their rows to this one. -#}
    {{
        return(
            graph.nodes.values()
            | selectattr("config.meta.published_with", "defined")
            | selectattr("config.meta.published_with", "equalto", publisher.name)
            | selectattr("unique_id", "in", selected_resources)
            | list
        )
    }}
{%- endmacro %}

{% macro stored_relation(node) -%}
    {{
        return(
            api.Relation.create(
                database=node.database, schema=node.schema, identifier=node.alias, type="table"
            )
        )
    }}
{%- endmacro %}

{% macro replace_changed_partitions(node, statement_name) -%}
    {%- set target = stored_relation(node) -%}
    {%- set newest = newest_relation(node) -%}
    {%- do query(current_figure_partitions_sql(node)) -%}
    {%- set columns = quoted_columns(newest, target) -%}
    {%- set changed = query(changed_partitions_sql(relation_name(target))) -%}
    {%- set predicate = figures_predicate(changed) if changed else "false" -%}
    {%- do query("delete from " ~ target ~ " where " ~ predicate) -%}
    {% call statement(statement_name) -%}
        insert into {{ target }} ({{ columns }})
        select {{ columns }}
        from {{ newest }}
        where {{ predicate }}
        order by {{ reading_order() }}
    {%- endcall %}
    {#- rows that refer to what the catalogue no longer has are gone now -#}
    {%- do create_missing_keys(target, node) -%}
    {%- do query(keep_partitions_sql(relation_name(target), newest)) -%}
{%- endmacro %}

{% macro current_figure_partitions_sql(node) -%}
    {#- Nothing here is accepted: how far a table has come is said by the tables below it. -#}
    {%- set partitions = (
        graph.nodes.values()
        | selectattr("name", "equalto", node.config.meta["partitions_from"])
        | first
    ) -%}
    create temporary table partitions_now on commit drop as
    select
        partitions.programme_code,
        partitions.period,
        partitions.partition_province_id,
        md5(
            concat_ws(
                ' ',
                coalesce(made.versions ->> partitions.programme_code, made.versions ->> ''),
                partitions.version
            )
        ) as version,
        0 as accepted_through
    from {{ partitions.schema }}.{{ partitions.alias }} as partitions
    cross join
        (
            select jsonb_object_agg(programme_code, version) as versions
            from ops.input_versions('{{ newest_relation(node) }}')
        ) as made
{%- endmacro %}

{% macro figures_predicate(partitions) -%}
    {#- Literal keys, each of its own: what can be asked of a view below a window goes down to its indexes. Beyond a few
        provinces the units are not named. -#}
    {%- set programmes = partitions | map(attribute=0) | unique | list -%}
    {%- set provinces = partitions | map(attribute=2) | unique | list -%}
    {%- set periods = [] -%}
    {%- for partition in partitions -%}
        {%- set key = "('" ~ partition[0] ~ "', '" ~ partition[1] ~ "')" -%}
        {%- if key not in periods -%} {%- do periods.append(key) -%} {%- endif -%}
    {%- endfor -%}
    programme_code in ('{{ programmes | join("', '") }}')
    and (programme_code, period) in ({{ periods | join(", ") }})
    {%- if provinces | length <= var("provinces_listed") %}
        {%- set units = query(units_of_partitions_sql(provinces))[0] %}
        and unit_id = any('{{ units[0] }}'::text[])
        and unit_code = any('{{ units[1] }}'::text[])
    {%- endif %}
{%- endmacro %}

{% macro units_of_partitions_sql(provinces) -%}
    {#- The units of a partition and what none of them has been given, and their codes, by which the rows are found; what
        belongs to no province is made with each. -#}
    {%- set units = (
        graph.nodes.values()
        | selectattr("name", "equalto", "int_org_units__resolved")
        | first
    ) -%}
    select
        (
            array_agg(unit_id) || array_agg(unit_id || '/unallocated') || array['VN/unallocated']
        )::text,
        (
            array_agg(unit_code) || array_agg(unit_code || '/unallocated') || array['VN/unallocated']
        )::text
    from {{ units.schema }}.{{ units.alias }}
    where partition_province_id in ('{{ provinces | join("', '") }}')
{%- endmacro %}
