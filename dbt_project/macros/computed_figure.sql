{% macro computed_figure(relation, is_rolled_up) -%}
    {#- The columns of a figure from the ends of its parts and of itself: the same for a figure made from below and for
        one that its unit reported. An interval whose ends agree is a value; an infinite end is none. -#}
    select
        programme_code,
        indicator_code,
        period,
        unit_id,
        unit_code,
        boundary_basis,
        measure,
        unit_level,
        aggregation,
        {{ exact_or_null("numerator_low", "numerator_high") }} as numerator,
        {{ exact_or_null("denominator_low", "denominator_high") }} as denominator,
        {{ exact_or_null("low", "high") }} as value,
        {{ finite_or_null("low") }} as value_low,
        {{ finite_or_null("high") }} as value_high,
        low_closed,
        high_closed,
        units_expected::integer as units_expected,
        units_reporting::integer as units_reporting,
        units_value_only::integer as units_value_only,
        {{ coverage_pct() }} as coverage_pct,
        coalesce({{ coverage_pct() }} < min_coverage_pct, true) as is_provisional,
        {{ is_rolled_up }} as is_rolled_up,
        is_estimated,
        has_predecessors,
        is_made_up
    from {{ relation }}
{%- endmacro %}

{% macro coverage_pct() -%} app.percentage(units_reporting, units_expected) {%- endmacro %}

{% macro figure_columns() -%}
    {#- What targets and trends read of a figure. -#}
    {{
        return(
            [
                "programme_code",
                "indicator_code",
                "period",
                "unit_id",
                "unit_code",
                "unit_level",
                "measure",
                "value",
                "value_low",
                "value_high",
                "low_closed",
                "high_closed",
            ]
        )
    }}
{%- endmacro %}
