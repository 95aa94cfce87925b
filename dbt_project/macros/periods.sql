{#- What a period's code says of the calendar: 2026 is a year, 2026-H1 a half, 2026-Q3 a quarter, 2026-06 a month. -#}
{% macro period_grammar() -%} '^[0-9]{4}(-(H[12]|Q[1-4]|0[1-9]|1[0-2]))?$' {%- endmacro %}

{% macro first_day_of(code) -%}
    make_date(
        left({{ code }}, 4)::integer,
        case
            substr({{ code }}, 6, 1)
            when ''
            then 1
            when 'H'
            then 6 * substr({{ code }}, 7)::integer - 5
            when 'Q'
            then 3 * substr({{ code }}, 7)::integer - 2
            else substr({{ code }}, 6)::integer
        end,
        1
    )
{%- endmacro %}

{% macro last_day_of(code) -%}
    (
        {{ first_day_of(code) }} + case
            substr({{ code }}, 6, 1)
            when ''
            then interval '1 year'
            when 'H'
            then interval '6 months'
            when 'Q'
            then interval '3 months'
            else interval '1 month'
        end
    )::date
    - 1
{%- endmacro %}
