{#- The arithmetic of figures, once: the mart divides what the rollup has summed, and a unit's own line the same way.
    n and d are the ends of the numerator's and the denominator's interval; an end that is not known is infinite. -#}
{% macro figure_low(measure, factor) -%}
    case
        {{ measure }}
        when 'rate'
        then n_low * {{ factor }} / nullif(d_high, 0)
        when 'share'
        then n_low * 100 / nullif(d_high, 0)
        when 'change'
        then 100 - n_high * 100 / nullif(d_low, 0)
        else n_low
    end
{%- endmacro %}

{% macro figure_high(measure, factor) -%}
    case
        {{ measure }}
        when 'rate'
        then n_high * {{ factor }} / nullif(d_low, 0)
        when 'share'
        then n_high * 100 / nullif(d_low, 0)
        when 'change'
        then 100 - n_low * 100 / nullif(d_high, 0)
        else n_high
    end
{%- endmacro %}

{% macro finite(bound) -%}
    case when {{ bound }} not in ('infinity', '-infinity') then {{ bound }} end
{%- endmacro %}

{% macro exact(low, high) -%} case when {{ low }} = {{ high }} then {{ low }} end {%- endmacro %}

{% macro possible_high(low, high, measure, hard_max) -%}
    {#- The upper ends of cases and the lower ends of children cannot always occur together: what they give is cut
        to what the indicator can be. A count has no upper end of its own. -#}
    case
        when {{ low }} is null or {{ measure }} = 'count'
        then {{ high }}
        else least({{ high }}, {{ hard_max }})
    end
{%- endmacro %}
