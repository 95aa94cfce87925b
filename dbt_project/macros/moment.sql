{% macro moment() -%}
    {#- The moment that figures are told at: what the session asks for, else the last build's, else now. -#}
    coalesce(
        nullif(current_setting('baocao.moment', true), '')::timestamptz,
        (
            select moment
            from {{ source("ops", "pipeline_run") }}
            where step = 'build'
            order by run_id desc
            limit 1
        ),
        now()
    )
{%- endmacro %}
