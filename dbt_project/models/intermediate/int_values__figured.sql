-- int_values__figured.sql: one row per told line and measure, with the unit's own figure as an
-- interval
-- A bare value is a figure of the level's own measure, open where it was typed open.
{{ config(materialized="view") }}

with
    told as (select * from {{ ref("int_values__versioned") }}),

    indicators as (select * from {{ ref("indicators") }}),

    bounded as (
        select
            told.*,
            case
                when told.is_bare
                then
                    coalesce(
                        told.value_low,
                        case told.measure when 'count' then 0 else indicators.hard_min end,
                        '-infinity'
                    )
                when told.has_parts
                then {{ figure_low("told.measure", "indicators.factor") }}
            end as low,
            case
                when told.is_bare
                then
                    coalesce(
                        told.value_high,
                        case when told.measure <> 'count' then indicators.hard_max end,
                        'infinity'
                    )
                when told.has_parts
                then {{ figure_high("told.measure", "indicators.factor") }}
            end as high
        from told
        inner join
            indicators
            on indicators.programme_code = told.programme_code
            and indicators.indicator_code = told.indicator_code
    )

select
    *,
    not is_bare or value_low is null or value_low_closed as low_closed,
    not is_bare or value_high is null or value_high_closed as high_closed
from bounded
