{% macro described_progress(boundary_basis) -%}
    {#- The rows of indicator_progress() with names, labels, printed forms and dates, so that a reader needs no join. -#}
    {%- set labelled = {
        "verdicts": (
            "verdict",
            "case when compared.is_exceeded then 'exceeded' when compared.verdict = 'not_met'"
            ~ " and left(compared.period, 4)::integer < compared.target_year then 'not_yet_met'"
            ~ " else compared.verdict end",
        ),
        "milestones": ("milestone_verdict", "compared.milestone_verdict"),
        "milestone_reasons": ("milestone_reason", "compared.milestone_reason"),
        "trends": ("trend_class", "compared.trend_class"),
        "trend_reasons": ("trend_reason", "compared.trend_reason"),
        "scopes": ("target_scope", "compared.target_scope"),
        "levels": ("unit_level", "compared.unit_level"),
        "units_of_measure": ("unit_of_measure", "compared.measure"),
    } -%}
    with
        compared as ({{ indicator_progress(boundary_basis) }}),

        indicators as (select * from {{ ref("dim_indicator") }}),

        programmes as (select * from {{ ref("dim_programme") }}),

        periods as (select * from {{ ref("dim_period") }}),

        units as (select * from {{ ref("dim_org_unit") }} where is_latest_version),

        -- made once: whole statements are planned as if they had one row, which would read all
        -- units
        -- for each
        provinces as materialized(
            select unit_id, unit_code, unit_name
            from {{ ref("dim_org_unit") }}
            where is_latest_version and unit_level = 'province'
        ),

        labels as (select * from {{ ref("dim_code_label") }}),

        named as (
            select
                compared.*,
                programmes.programme_name,
                indicators.name_vi as indicator_name,
                indicators.sort_order as indicator_sort_order,
                indicators.aggregation,
                indicators.factor,
                indicators.hard_min,
                indicators.hard_max,
                indicators.is_sensitive,
                case
                    when compared.unit_level = 'unallocated'
                    then concat_ws(': ', levels.label_vi, units.unit_name)
                    else units.unit_name
                end as unit_name,
                units.unit_sort_key,
                levels.label_vi as unit_level_vi,
                provinces.unit_code as province_code,
                provinces.unit_name as province_name,
                periods.data_from,
                periods.data_to,
                periods.is_latest as is_latest_period,
                coalesce(units_of_measure.label_vi, indicators.unit_vi) as unit_of_measure_vi,
                scopes.label_vi as target_scope_vi,
                verdicts.label_vi as verdict_vi,
                coalesce(milestones.label_vi, milestone_reasons.label_vi) as milestone_vi,
                coalesce(trends.label_vi, trend_reasons.label_vi) as trend_vi,
                coalesce(units.is_current, false) as is_current_unit
            from compared
            inner join
                indicators
                on indicators.programme_code = compared.programme_code
                and indicators.indicator_code = compared.indicator_code
            inner join programmes on programmes.programme_code = compared.programme_code
            inner join
                periods
                on periods.programme_code = compared.programme_code
                and periods.period = compared.period
            -- what no unit has been given belongs to its province
            left join units on units.unit_id = split_part(compared.unit_id, '/', 1)
            left join
                provinces on provinces.unit_id = units.
                {{- "current_province_id" if boundary_basis == "current" else "province_id" }}
            {%- for name, (code_list, code) in labelled.items() %}
                left join
                    labels as {{ name }}
                    on {{ name }}.code_list = '{{ code_list }}'
                    and {{ name }}.code = {{ code }}
            {%- endfor %}
        )

    select
        programme_code,
        indicator_code,
        period,
        unit_id,
        unit_code,
        programme_name,
        indicator_name,
        indicator_sort_order,
        unit_name,
        unit_sort_key,
        unit_level,
        unit_level_vi,
        province_code,
        province_name,
        data_from,
        data_to,
        measure,
        unit_of_measure_vi,
        aggregation,
        factor,
        numerator,
        denominator,
        value,
        value_low,
        value_high,
        {{ printed_figure() }} as value_printed,
        target_scope,
        target_scope_vi,
        target_year,
        comparator,
        target_low,
        target_high,
        {{ printed_target() }} as target_printed,
        verdict,
        verdict_vi,
        gap,
        milestone,
        {{ printed_milestone() }} as milestone_printed,
        milestone_verdict,
        milestone_reason,
        milestone_vi,
        trend_class,
        trend_reason,
        trend_vi,
        acceleration,
        projected_value,
        units_expected,
        units_reporting,
        coverage_pct,
        value_low is not null or value_high is not null as has_figure,
        is_provisional,
        is_estimated,
        is_sensitive,
        is_made_up,
        {{ "true" if boundary_basis == "current" else "is_current_unit" }} as is_current_map,
        is_latest_period,
        is_main_target,
        (select figures_as_of from {{ ref("dim_snapshot") }}) as as_of
    from named
    -- once a row: offset keeps the planner from putting them in wherever they are printed
    cross join lateral(select {{ milestone_digits() }} as milestone_digits offset 0) as of_milestone
    cross join
        lateral(
            select
                {{ figure_digits("value_low") }} as low_digits,
                {{ figure_digits("value_high") }} as high_digits
            offset 0
        ) as of_figure
{%- endmacro %}
