{#- What a build has to do again. A report that changes can change figures of its own family only
    (the province of today that holds its unit), in its programme and period. Incremental models
    delete and insert whole families, so that a line dropped by a correction leaves no stale row. -#}
{% macro in_scope() -%}
    {%- set changed = ref("int_reports__changed") -%}
    {%- if execute and is_incremental() -%} {{ changed_families(changed) }}
    {%- else -%} true
    {%- endif -%}
{%- endmacro %}

{% macro changed_families(changed) -%}
    {#- A predicate with literal periods: without them the planner scans the whole history.
        Beyond a screenful of families whole periods are named, which is a superset. -#}
    {%- set families = run_query(
        "select distinct programme_code, period, family_id from " ~ changed
    ).rows -%}
    {%- set listed = families | length <= var("families_listed") -%}
    {%- set keys = [] -%}
    {%- for family in families -%}
        {%- set key = (
            "('"
            ~ family[0]
            ~ "', '"
            ~ family[1]
            ~ ("', '" ~ family[2] if listed else "")
            ~ "')"
        ) -%}
        {%- if key not in keys -%} {%- do keys.append(key) -%} {%- endif -%}
    {%- endfor -%}
    {%- if not keys -%} false
    {%- else -%}(programme_code, period{{ ", family_id" if listed }}) in ({{ keys | join(", ") }})
    {%- endif -%}
{%- endmacro %}

{% macro get_incremental_scope_sql(arg_dict) -%}
    {#- The incremental strategy "scope": what is built again replaces what stood there, in one transaction. -#}
    {%- set columns = arg_dict["dest_columns"] | map(attribute="quoted") | join(", ") -%}
    delete from {{ arg_dict["target_relation"] }}
    where {{ in_scope() }}
    ;
    insert into {{ arg_dict["target_relation"] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict["temp_relation"] }};
{%- endmacro %}
