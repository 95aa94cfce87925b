{% macro integer_bounds(part, as_name=none) -%}
    {#- The ends of a count's interval. A count is a whole number, so an open end moves to the next one:
        "<5" is at most 4. No lower end is 0, no upper end is infinite; no interval gives two nulls. -#}
    app.integer_low({{ part }}) as {{ as_name or part }}_low,
    app.integer_high({{ part }}) as {{ as_name or part }}_high
{%- endmacro %}
