{% macro create_partial_index_on_upper_levels(columns) -%}
    {#- The few rows of districts and provinces found without the many of communes: a trend reads a unit's whole
        history, a BI tool all provinces of a period, and both would otherwise read the nation's. dbt's own indexes
        cannot be partial. Without a name of its own: at a full refresh the old table still bears it. -#}
    do $keep$
    begin
        if not exists (
            select from pg_index where indrelid = '{{ this }}'::regclass and indpred is not null
        ) then
            create index on {{ this }} ({{ columns | join(', ') }})
            where unit_level in ('district', 'province');
        end if;
    end
    $keep$
{%- endmacro %}
