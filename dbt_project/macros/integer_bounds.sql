{% macro integer_bounds(part, as_name=none) -%}
    {#- The ends of a count's interval. A count is a whole number, so an open end moves to the next one:
        "<5" is at most 4. No lower end is 0, no upper end is infinite; no interval gives two nulls. -#}
    case
        when lower_inf({{ part }})
        then 0
        when lower_inc({{ part }})
        then ceil(lower({{ part }}))
        else floor(lower({{ part }})) + 1
    end as {{ as_name or part }}_low,
    case
        when upper_inf({{ part }})
        then 'infinity'
        when upper_inc({{ part }})
        then floor(upper({{ part }}))
        else ceil(upper({{ part }})) - 1
    end as {{ as_name or part }}_high
{%- endmacro %}
