-- rpt_indicator_ranking.sql: one row per programme, indicator, period and unit of a level that lies
-- below others, with its rank among the units of its level in its province
-- Only an exact figure has a rank; equal figures share one.
with
    progress as (select * from {{ ref("rpt_indicator_progress") }}),

    indicators as (select * from {{ ref("dim_indicator") }}),

    directed as (
        select
            progress.programme_code,
            progress.indicator_code,
            progress.period,
            progress.unit_id,
            progress.unit_code,
            progress.programme_name,
            progress.indicator_name,
            progress.indicator_sort_order,
            progress.unit_name,
            progress.unit_sort_key,
            progress.unit_level,
            progress.province_code,
            progress.province_name,
            progress.unit_of_measure_vi,
            progress.value,
            progress.value_printed,
            progress.verdict,
            progress.verdict_vi,
            progress.has_figure,
            progress.is_provisional,
            progress.is_made_up,
            progress.is_latest_period,
            progress.as_of,
            indicators.direction,
            progress.value is not null
            and progress.measure <> 'yes_no'
            and indicators.direction is not null as is_ranked,
            case
                indicators.direction when 'up' then - progress.value else progress.value
            end as from_best
        from progress
        inner join
            indicators
            on indicators.programme_code = progress.programme_code
            and indicators.indicator_code = progress.indicator_code
        where progress.unit_level in ('commune', 'district')
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
    province_code,
    province_name,
    unit_of_measure_vi,
    value,
    value_printed,
    direction,
    case
        when is_ranked
        then
            rank() over (
                partition by
                    programme_code, indicator_code, period, province_code, unit_level, is_ranked
                order by from_best
            )::integer
    end as rank,
    case
        when is_ranked
        then
            count(*) over (
                partition by
                    programme_code, indicator_code, period, province_code, unit_level, is_ranked
            )::integer
    end as units_ranked,
    verdict,
    verdict_vi,
    has_figure,
    is_provisional,
    is_made_up,
    is_latest_period,
    as_of
from directed
