-- int_indicator_measures__by_level.sql: one row per indicator, level of unit and measure that a
-- figure
-- there can carry
-- A level's own measure comes first; parts that were reported also give the measures that other
-- levels speak of.
with
    measures as (select * from {{ ref("indicator_measures") }}),

    indicators as (select * from {{ ref("indicators") }}),

    levels as (select distinct programme_code, indicator_code, unit_level from measures),

    spoken_of as (
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
    spoken_of.programme_code,
    spoken_of.indicator_code,
    spoken_of.unit_level,
    spoken_of.measure,
    case
        when indicators.aggregation = 'none'
        then null
        when spoken_of.measure = 'yes_no'
        then 'share'
        else spoken_of.measure
    end as rollup_measure,
    indicators.aggregation,
    indicators.factor,
    indicators.is_part_of_whole,
    indicators.hard_min,
    indicators.hard_max,
    indicators.min_coverage_pct,
    own.measure is not null as is_primary
from spoken_of
inner join
    indicators
    on indicators.programme_code = spoken_of.programme_code
    and indicators.indicator_code = spoken_of.indicator_code
left join
    measures as own
    on own.programme_code = spoken_of.programme_code
    and own.indicator_code = spoken_of.indicator_code
    and own.unit_level = spoken_of.unit_level
    and own.measure = spoken_of.measure
