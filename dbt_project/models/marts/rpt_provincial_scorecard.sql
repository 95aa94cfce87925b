-- rpt_provincial_scorecard.sql: one row per indicator, period and province, in the plan's order,
-- against its main target
with
    figures as (
        select *
        from {{ ref("fct_indicator_rollup") }}
        where boundary_basis = 'as_reported' and unit_level = 'province'
    ),

    progress as (
        select *
        from {{ ref("fct_target_progress") }}
        where unit_level = 'province' and is_main_target
    ),

    indicators as (select * from {{ ref("dim_indicator") }}),

    measures as (select * from {{ ref("dim_indicator_measure") }}),

    -- the measure of the plan's targets at the province, or else in its districts
    plan_measures as (
        select distinct on (programme_code, indicator_code) *
        from measures
        where unit_level in ('province', 'district')
        order by programme_code, indicator_code, unit_level desc
    )

select
    figures.programme_code,
    figures.period,
    figures.unit_id,
    figures.unit_code,
    figures.indicator_code,
    indicators.sort_order,
    indicators.name_vi as indicator_name,
    indicators.unit_vi,
    figures.measure,
    figures.numerator,
    figures.denominator,
    figures.value,
    figures.value_low,
    figures.value_high,
    progress.target_year,
    progress.comparator,
    progress.target_low,
    progress.target_high,
    progress.milestone,
    coalesce(progress.verdict, 'no_target') as verdict,
    progress.milestone_verdict,
    progress.gap,
    progress.projected_value,
    progress.trend_class,
    figures.units_expected,
    figures.units_reporting,
    figures.coverage_pct,
    figures.is_provisional,
    figures.is_made_up
from figures
inner join
    plan_measures
    on plan_measures.programme_code = figures.programme_code
    and plan_measures.indicator_code = figures.indicator_code
    and plan_measures.measure = figures.measure
inner join
    indicators
    on indicators.programme_code = figures.programme_code
    and indicators.indicator_code = figures.indicator_code
left join
    progress
    on progress.programme_code = figures.programme_code
    and progress.indicator_code = figures.indicator_code
    and progress.period = figures.period
    and progress.unit_id = figures.unit_id
    and progress.unit_code = figures.unit_code
    and progress.measure = figures.measure
