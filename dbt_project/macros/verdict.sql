{% macro verdict(low, high, low_closed, high_closed, comparator, target_low, target_high) -%}
    {#- Does the whole interval satisfy the target, no part of it, or only some? An end that is null is infinite.
        Open ends count: "<2" satisfies "<2", and 2 does not. -#}
    case
        {{ comparator }}
        when '<'
        then
            case
                when
                    {{ high }} < {{ target_high }}
                    or ({{ high }} = {{ target_high }} and not {{ high_closed }})
                then 'met'
                when {{ low }} >= {{ target_high }}
                then 'not_met'
                else 'undetermined'
            end
        when '≤'
        then
            case
                when {{ high }} <= {{ target_high }}
                then 'met'
                when
                    {{ low }} > {{ target_high }}
                    or ({{ low }} = {{ target_high }} and not {{ low_closed }})
                then 'not_met'
                else 'undetermined'
            end
        when '>'
        then
            case
                when
                    {{ low }} > {{ target_low }}
                    or ({{ low }} = {{ target_low }} and not {{ low_closed }})
                then 'met'
                when {{ high }} <= {{ target_low }}
                then 'not_met'
                else 'undetermined'
            end
        when '≥'
        then
            case
                when {{ low }} >= {{ target_low }}
                then 'met'
                when
                    {{ high }} < {{ target_low }}
                    or ({{ high }} = {{ target_low }} and not {{ high_closed }})
                then 'not_met'
                else 'undetermined'
            end
        else
            {# between, =, yes: both ends of the target hold #}
            case
                when {{ low }} >= {{ target_low }} and {{ high }} <= {{ target_high }}
                then 'met'
                when
                    {{ high }} < {{ target_low }}
                    or {{ low }} > {{ target_high }}
                    or ({{ high }} = {{ target_low }} and not {{ high_closed }})
                    or ({{ low }} = {{ target_high }} and not {{ low_closed }})
                then 'not_met'
                else 'undetermined'
            end
    end
{%- endmacro %}

{% macro effective_comparator(of) -%}
    {#- Beyond the better end of a range is met, so that only its other end is compared. of: the relation that has the
        row of the target. -#}
    case
        when {{ of }}.comparator = 'between' and {{ of }}.better_end = 'high'
        then '≥'
        when {{ of }}.comparator = 'between' and {{ of }}.better_end = 'low'
        then '≤'
        else {{ of }}.comparator
    end
{%- endmacro %}

{% macro is_beyond_bound(low, high, of) -%}
    {#- The whole interval lies beyond the target's number, of a range beyond its better end: 98 against ≥97, but neither
        97 nor "<2" against <2. of: the relation that has the row of the target. -#}
    coalesce(
        case
            when {{ of }}.comparator in ('<', '≤')
            then {{ high }} < {{ of }}.target_high
            when {{ of }}.comparator in ('>', '≥')
            then {{ low }} > {{ of }}.target_low
            when {{ of }}.better_end = 'low'
            then {{ high }} < {{ of }}.target_low
            when {{ of }}.better_end = 'high'
            then {{ low }} > {{ of }}.target_high
        end,
        false
    )
{%- endmacro %}
