{#- Where a plan means a unit to be in a year between its start and its target. -#}
{% macro period_time(data_to) -%}
    {#- A period as a point in years: the year of its last day and how far into it that day's month is, so that
        2026 is 2026 whole, 2026-H1 is 2025.5, and a year that ends on 14 December is still that year. -#}
    extract(year from {{ data_to }}) - 1 + extract(month from {{ data_to }}) / 12
{%- endmacro %}

{% macro comparison_interval(measure, low, high, low_closed, high_closed) -%}
    {#- A figure's interval as a target reads it. A count is a whole number: "<1" is 0 and meets a target of none. -#}
    case
        when {{ measure }} = 'count' and not {{ low_closed }}
        then floor({{ low }}) + 1
        else {{ low }}
    end as compared_low,
    case
        when {{ measure }} = 'count' and not {{ high_closed }}
        then ceil({{ high }}) - 1
        else {{ high }}
    end as compared_high,
    {{ low_closed }} or {{ measure }} = 'count' as compared_low_closed,
    {{ high_closed }} or {{ measure }} = 'count' as compared_high_closed
{%- endmacro %}

{% macro verdict_of_interval(comparator, low, high, of="") -%}
    {#- The verdict of an interval as comparison_interval() gives it. of: the relation that has it, with its full stop. -#}
    {{
        verdict(
            of ~ "compared_low",
            of ~ "compared_high",
            of ~ "compared_low_closed",
            of ~ "compared_high_closed",
            comparator,
            low,
            high,
        )
    }}
{%- endmacro %}

{% macro target_number_of(comparator, low, high) -%}
    {#- The one number that a target speaks of; of a range without a better end its lower one. -#}
    case when {{ comparator }} in ('<', '≤') then {{ high }} else {{ low }} end
{%- endmacro %}

{% macro interpolated_milestone(basis, start, goal, years_gone, years_in_all) -%}
    {#- b + (T − b)·s for shares and wherever the goal or the start is zero, b·(T ÷ b)^s for mortality, where s is the
        part of the way's time that has gone. -#}
    case
        {{ basis }}
        when 'constant_rate'
        then {{ start }} * power({{ goal }} / {{ start }}, {{ years_gone }} / {{ years_in_all }})
        when 'linear'
        then {{ start }} + ({{ goal }} - {{ start }}) * {{ years_gone }} / {{ years_in_all }}
    end
{%- endmacro %}
