{% macro listed_periods(rows) -%}
    {#- Programmes and periods as arrays, of which the planner takes it that they are short: what is read of them is looked
        up by period. -#}
    select programme_code, period
    from
        unnest(
            array(select programme_code from {{ rows }} order by programme_code, period),
            array(select period from {{ rows }} order by programme_code, period)
        ) as listed(programme_code, period)
{%- endmacro %}

{% macro in_listed_periods(listed) -%}
    {#- The period alone goes down to an index; both decide. -#}
    period = any(array(select period from {{ listed }}))
    and ((programme_code, period) in (select programme_code, period from {{ listed }})) is true
{%- endmacro %}
