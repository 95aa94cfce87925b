-- int_values__computed.sql: one row per version of a line and measure, with the unit's own
-- figure as an interval
-- A bare value is a figure of the level's own measure, open where it was typed open.
{{ config(materialized="replaced_view") }}

with
    versions as (select * from {{ ref("int_values__versioned") }}),

    indicators as (select * from {{ ref("indicators") }}),

    bounded as (
        select
            versions.*,
            indicators.hard_max,
            indicators.aggregation,
            indicators.min_coverage_pct,
            case
                when versions.is_value_only
                then
                    greatest(
                        coalesce(versions.value_low, '-infinity'),
                        case versions.measure when 'count' then 0 else indicators.hard_min end
                    )
                when versions.is_summable
                then {{ computed_low("versions.measure", "indicators.factor") }}
            end as low,
            case
                when versions.is_value_only
                then coalesce(versions.value_high, 'infinity')
                when versions.is_summable
                then {{ computed_high("versions.measure", "indicators.factor") }}
            end as possibly_high
        from versions
        inner join
            indicators
            on indicators.programme_code = versions.programme_code
            and indicators.indicator_code = versions.indicator_code
    ),

    computed as (
        select *, {{ capped_high("low", "possibly_high", "measure", "hard_max") }} as high
        from bounded
    )

select
    *,
    not is_value_only or value_low is distinct from low or value_low_closed as low_closed,
    not is_value_only or value_high is distinct from high or value_high_closed as high_closed
from computed
