-- int_indicator_measures__by_level.sql: one row per indicator, level of unit and measure that a
-- figure there can have
-- A level's own measure comes first; numerator and denominator also give the measures of other
-- levels' targets. An indicator of one unit's plan is added up for nobody.
with
    measures as (select * from {{ ref("indicator_measures") }}),

    indicators as (select * from {{ ref("indicators") }}),

    levels as (select distinct programme_code, indicator_code, unit_level from measures),

    candidates as (
        select levels.programme_code, levels.indicator_code, levels.unit_level, measures.measure
        from levels
        inner join
            measures
            on measures.programme_code = levels.programme_code
            and measures.indicator_code = levels.indicator_code
        where
            measures.unit_level = levels.unit_level
            or measures.measure in ('rate', 'count', 'change')
        group by 1, 2, 3, 4
    )

select
    candidates.programme_code,
    candidates.indicator_code,
    candidates.unit_level,
    candidates.measure,
    case
        when indicators.aggregation = 'none' or indicators.plan_unit_code is not null
        then null
        when candidates.measure = 'yes_no'
        then 'share'
        else candidates.measure
    end as rollup_measure,
    indicators.aggregation,
    indicators.factor,
    indicators.is_part_of_whole,
    indicators.hard_min,
    indicators.hard_max,
    indicators.min_coverage_pct,
    own.measure is not null as is_primary
from candidates
inner join
    indicators
    on indicators.programme_code = candidates.programme_code
    and indicators.indicator_code = candidates.indicator_code
left join
    measures as own
    on own.programme_code = candidates.programme_code
    and own.indicator_code = candidates.indicator_code
    and own.unit_level = candidates.unit_level
    and own.measure = candidates.measure
