-- int_values__computed.sql: one row per told line and measure, with the unit's own figure as an
-- interval
-- A bare value is a figure of the level's own measure, open where it was typed open.
{{ config(materialized="replaced_view") }}

with
    told as (select * from {{ ref("int_values__versioned") }}),

    indicators as (select * from {{ ref("indicators") }}),

    bounded as (
        select
            told.*,
            indicators.hard_max,
            indicators.aggregation,
            indicators.min_coverage_pct,
            case
                when told.is_value_only
                then
                    greatest(
                        coalesce(told.value_low, '-infinity'),
                        case told.measure when 'count' then 0 else indicators.hard_min end
                    )
                when told.is_summable
                then {{ computed_low("told.measure", "indicators.factor") }}
            end as low,
            case
                when told.is_value_only
                then coalesce(told.value_high, 'infinity')
                when told.is_summable
                then {{ computed_high("told.measure", "indicators.factor") }}
            end as possibly_high
        from told
        inner join
            indicators
            on indicators.programme_code = told.programme_code
            and indicators.indicator_code = told.indicator_code
    ),

    figured as (
        select *, {{ capped_high("low", "possibly_high", "measure", "hard_max") }} as high
        from bounded
    )

select
    *,
    not is_value_only or value_low is distinct from low or value_low_closed as low_closed,
    not is_value_only or value_high is distinct from high or value_high_closed as high_closed
from figured
