{#- The arithmetic of figures, once: the mart divides what the rollup has summed, and a unit's own line the same way.
    n and d are the ends of the numerator's and the denominator's interval; an end that is not known is infinite. -#}
{% macro computed_low(measure, factor) -%}
    case
        {{ measure }}
        when 'rate'
        then numerator_low * {{ factor }} / nullif(denominator_high, 0)
        when 'share'
        then numerator_low * 100 / nullif(denominator_high, 0)
        when 'change'
        then 100 - numerator_high * 100 / nullif(denominator_low, 0)
        else numerator_low
    end
{%- endmacro %}

{% macro computed_high(measure, factor) -%}
    case
        {{ measure }}
        when 'rate'
        then numerator_high * {{ factor }} / nullif(denominator_low, 0)
        when 'share'
        then numerator_high * 100 / nullif(denominator_low, 0)
        when 'change'
        then 100 - numerator_low * 100 / nullif(denominator_high, 0)
        else numerator_high
    end
{%- endmacro %}

{% macro finite_or_null(bound) -%}
    case when {{ bound }} not in ('infinity', '-infinity') then {{ bound }} end
{%- endmacro %}

{% macro exact_or_null(low, high) -%}
    case when {{ low }} = {{ high }} then {{ low }} end
{%- endmacro %}

{% macro capped_high(low, high, measure, hard_max) -%}
    {#- The upper ends of cases and the lower ends of children cannot always occur together: what they give is cut
        to what the indicator can be. A count has no upper end of its own. -#}
    case
        when {{ low }} is null or {{ measure }} = 'count'
        then {{ high }}
        else least({{ high }}, {{ hard_max }})
    end
{%- endmacro %}
