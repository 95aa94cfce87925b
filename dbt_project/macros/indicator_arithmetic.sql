{#- The arithmetic of figures. Its functions are made by a migration, because the gate computes with them, too; the
    planner inlines them. A relation in scope has the ends of the numerator's and the denominator's interval; an end that
    is not known is infinite. -#}
{% macro computed_low(measure, factor) -%}
    app.figure_low(
        {{ measure }},
        {{ factor }},
        numerator_low,
        numerator_high,
        denominator_low,
        denominator_high
    )
{%- endmacro %}

{% macro computed_high(measure, factor) -%}
    app.figure_high(
        {{ measure }},
        {{ factor }},
        numerator_low,
        numerator_high,
        denominator_low,
        denominator_high
    )
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
