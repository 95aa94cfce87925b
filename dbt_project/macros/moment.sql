{% macro moment() -%}
    {#- The moment that obligations are told at: what the session asks for, else the last build's, else now. -#}
    coalesce(
        {{ asked_moment() }},
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

{% macro asked_moment() -%}
    nullif(current_setting('baocao.moment', true), '')::timestamptz
{%- endmacro %}

{% macro is_looking_back() -%} {{ asked_moment() }} is not null {%- endmacro %}

{% macro as_of() -%}
    {#- The moment that figures are told at: what the session asks for, else a day after everything, so that the
        newest word is told. -#}
    coalesce({{ asked_moment() }}, '9999-12-31')
{%- endmacro %}

{% macro is_told() -%}
    {#- Whether a line was its unit's word at that moment: known_from is within the time, known_to is not. -#}
    known_from <= {{ as_of() }} and known_to > {{ as_of() }}
{%- endmacro %}

{% macro day_begins(day) -%}
    {#- The first moment of a day in Vietnam; of no day the beginning of time. -#}
    coalesce(({{ day }})::timestamp at time zone 'Asia/Ho_Chi_Minh', '-infinity')
{%- endmacro %}
