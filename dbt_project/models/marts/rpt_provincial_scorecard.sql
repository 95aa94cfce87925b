-- rpt_provincial_scorecard.sql: one row per indicator, period and province, in the plan's order,
-- against the next target that the plan sets for the province, or else for its districts
with
    figures as (
        select *
        from {{ ref("fct_indicator_rollup") }}
        where boundary_basis = 'as_reported' and unit_level = 'province'
    ),

    progress as (
        select *
        from {{ ref("fct_target_progress") }}
        where unit_level = 'province' and target_scope in ('province', 'district')
    ),

    periods as (select * from {{ ref("dim_period") }}),

    indicators as (select * from {{ ref("dim_indicator") }}),

    measures as (select * from {{ ref("indicator_measures") }}),

    -- the measure that the plan speaks of at the province, or else in its districts
    spoken_of as (
        select distinct on (programme_code, indicator_code) *
        from measures
        where unit_level in ('province', 'district')
        order by programme_code, indicator_code, unit_level desc
    ),

    -- the province's target before the districts', the next year before the years that have gone
    ranked as (
        select
            progress.*,
            row_number() over (
                partition by
                    progress.programme_code,
                    progress.indicator_code,
                    progress.period,
                    progress.unit_id,
                    progress.unit_code,
                    progress.measure
                order by
                    progress.target_scope desc,
                    progress.target_year < extract(year from periods.data_to),
                    abs(progress.target_year - extract(year from periods.data_to))
            ) as choice
        from progress
        inner join
            periods
            on periods.programme_code = progress.programme_code
            and periods.period = progress.period
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
    ranked.target_year,
    ranked.comparator,
    ranked.target_low,
    ranked.target_high,
    ranked.milestone,
    coalesce(ranked.verdict, 'no_target') as verdict,
    ranked.milestone_verdict,
    ranked.gap,
    ranked.projected_value,
    ranked.trend_class,
    figures.units_expected,
    figures.units_reporting,
    figures.coverage_pct,
    figures.is_provisional,
    figures.is_made_up
from figures
inner join
    spoken_of
    on spoken_of.programme_code = figures.programme_code
    and spoken_of.indicator_code = figures.indicator_code
    and spoken_of.measure = figures.measure
inner join
    indicators
    on indicators.programme_code = figures.programme_code
    and indicators.indicator_code = figures.indicator_code
left join
    ranked
    on ranked.programme_code = figures.programme_code
    and ranked.indicator_code = figures.indicator_code
    and ranked.period = figures.period
    and ranked.unit_id = figures.unit_id
    and ranked.unit_code = figures.unit_code
    and ranked.measure = figures.measure
    and ranked.choice = 1
