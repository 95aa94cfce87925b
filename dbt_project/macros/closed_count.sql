{% macro closed_count(part) -%}
    {#- The ends of a count's interval as whole numbers: open ends move inwards, no end is infinite.
        No interval gives two nulls. -#}
    case
        when {{ part }} is null
        then null
        when lower_inf({{ part }})
        then 0
        when lower_inc({{ part }})
        then lower({{ part }})
        else floor(lower({{ part }})) + 1
    end as {{ part }}_low,
    case
        when {{ part }} is null
        then null
        when upper_inf({{ part }})
        then 'infinity'::numeric
        when upper_inc({{ part }})
        then upper({{ part }})
        else ceil(upper({{ part }})) - 1
    end as {{ part }}_high
{%- endmacro %}
