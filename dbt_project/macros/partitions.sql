{#- What a build has to do again. A report that changes can change figures of its own partition only
    (the province of today that holds its unit), in its programme and period. Incremental models
    delete and insert whole partitions, so that a line dropped by a correction leaves no stale row. -#}
{% macro in_changed_partitions() -%}
    {%- set changed = ref("int_partitions__changed") -%}
    {%- if execute and is_incremental() -%} {{ changed_partitions_predicate(changed) }}
    {%- else -%} true
    {%- endif -%}
{%- endmacro %}

{% macro changed_partitions_predicate(changed) -%}
    {#- A predicate with literal periods: without them the planner scans the whole history.
        Beyond a screenful of partitions whole periods are named, which is a superset. -#}
    {%- set partitions = run_query(
        "select distinct programme_code, period, current_province_id from " ~ changed
    ).rows -%}
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
    {%- if not keys -%} false
    {%- else -%}
        (programme_code, period{{ ", current_province_id" if listed }}) in ({{ keys | join(", ") }})
    {%- endif -%}
{%- endmacro %}

{% macro get_incremental_partition_overwrite_sql(arg_dict) -%}
    {#- The incremental strategy "partition_overwrite": what is built again replaces what stood there, in one transaction. -#}
    {%- set columns = arg_dict["dest_columns"] | map(attribute="quoted") | join(", ") -%}
    delete from {{ arg_dict["target_relation"] }}
    where {{ in_changed_partitions() }}
    ;
    insert into {{ arg_dict["target_relation"] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict["temp_relation"] }};
{%- endmacro %}
