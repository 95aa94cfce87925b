{#- What the materialisations share. ops.relation_state and ops.partition_state say what each relation was made from. -#}
{% macro relation_name(relation) -%} {{ relation.schema }}.{{ relation.identifier }} {%- endmacro %}

{% macro query(sql) -%}
    {#- Inside the node's transaction; its rows, if it has any. -#}
    {%- call statement("query", fetch_result=True) -%} {{ sql }} {%- endcall -%}
    {{ return(load_result("query")["data"]) }}
{%- endmacro %}

{% macro is_made_anew(existing) -%}
    {{ return(existing is none or existing.is_view or should_full_refresh()) }}
{%- endmacro %}

{% macro reading_order() -%}
    {#- What is read together lies together: a period of a unit, and the units of a period. By bytes, for any order of the
        units will do and this one is quick. -#}
    programme_code collate "C", period collate "C", unit_id collate "C"
{%- endmacro %}

{% macro in_reading_order(sql) -%}
    select * from ({{ sql }}) as content order by {{ reading_order() }}
{%- endmacro %}

{% macro replace_table(existing, target, sql) -%}
    {#- In one transaction: readers see the old table until the new one is whole. A view may have gone already, with one
        that it read. -#}
    {%- if existing is not none %}
        drop {{ existing.type }} if exists {{ existing }} cascade;
    {%- endif %}
    {{ create_table_as(False, target, sql) }}
{%- endmacro %}

{% macro create_missing_indexes(target) -%}
    {#- The indexes of the model that the table does not have: of a new table all, of one that an earlier release made
        those that were declared since. -#}
    {%- set there = (
        query(
            "select (select string_agg(attname, ',' order by position) from unnest(indkey::int2[]) with ordinality "
            ~ "as keys(attnum, position) join pg_attribute using (attnum) where attrelid = indrelid) "
            ~ "from pg_index where indpred is null and indrelid = '"
            ~ target
            ~ "'::regclass"
        )
        | map(attribute=0)
        | list
    ) -%}
    {%- for index in config.get("indexes", []) if index["columns"] | join(",") not in there -%}
        {%- do query(get_create_index_sql(target, index)) -%}
    {%- endfor -%}
{%- endmacro %}

{% macro quoted_columns(source, target) -%}
    {#- The columns of the source, after the target got those that it did not have. -#}
    {%- set there = adapter.get_columns_in_relation(target) | map(attribute="name") | list -%}
    {%- set names = [] -%}
    {%- for column in adapter.get_columns_in_relation(source) -%}
        {%- do names.append(column.quoted) -%}
        {%- if column.name not in there -%}
            {%- do query(
                "alter table "
                ~ target
                ~ " add column "
                ~ column.quoted
                ~ " "
                ~ column.data_type
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(names | join(", ")) }}
{%- endmacro %}

{% macro finish(existing, target) -%}
    {%- do apply_grants(
        target,
        config.get("grants"),
        should_revoke=should_revoke(existing, should_full_refresh()),
    ) -%}
    {%- do persist_docs(target, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({"relations": [target]}) }}
{%- endmacro %}
