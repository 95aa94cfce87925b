{% macro is_promise_addable() -%}
    {#- Whether the target of a unit below (part_measure) says something of the target above (measure). -#}
    case
        when aggregation in ('ratio', 'sum') and measure = 'count'
        then part_measure = 'count'
        when aggregation = 'ratio' and measure = 'rate'
        then part_measure in ('rate', 'count')
        when aggregation = 'share_of_units'
        then part_measure = 'yes_no'
        else false
    end
{%- endmacro %}

{% macro promised_cases(parts) -%}
    {#- The targets of units below one above, with what they promise in cases. A count promises cases. A percentage
        promises cases only among those whom the unit reported in the period; a yes is one unit of one. What neither is
        can be added to nothing. Whole numbers have closed ends: below 13 children are at most 12. -#}
    {%- set cases = (
        "case when part_measure = 'rate' then reported_denominator / factor else 1 end"
    ) -%}
    {%- set denominator -%}
    case when part_measure = 'yes_no' then 1 when measure = 'rate' then reported_denominator end
    {%- endset -%}
    select
        *,
        {{ is_promise_addable() }} as is_addable,
        {{ is_promise_addable() }}
        and (measure <> 'rate' or reported_denominator is not null) as is_added,
        {{ denominator }} as denominator,
        case
            when effective_comparator in ('<', '≤')
            then 0
            when effective_comparator = '>' and part_measure = 'count'
            then floor(part_low) + 1
            else part_low * {{ cases }}
        end as cases_low,
        case
            when effective_comparator in ('>', '≥')
            then case when is_part_of_whole and measure = 'rate' then reported_denominator end
            when effective_comparator = '<' and part_measure = 'count'
            then ceil(part_high) - 1
            else part_high * {{ cases }}
        end as cases_high,
        effective_comparator <> '>'
        or part_measure = 'count'
        or {{ denominator }} = 0 as low_closed,
        effective_comparator <> '<'
        or part_measure = 'count'
        or {{ denominator }} = 0 as high_closed
    from {{ parts }}
{%- endmacro %}
