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
