-- int_values__figured.sql: one row per told line and measure, with the unit's own figure as an
-- interval
-- The parts count. A bare value is a figure of the level's own measure, open where it was typed
-- open.
{{ config(materialized="view") }}

with
    measured as (select * from {{ ref("int_values__measured") }}),

    bounded as (
        select
            *,
            case
                when is_bare
                then
                    coalesce(
                        value_low, case measure when 'count' then 0 else hard_min end, '-infinity'
                    )
                when has_parts
                then {{ figure_low("measure", "factor") }}
            end as low,
            case
                when is_bare
                then
                    coalesce(value_high, case when measure <> 'count' then hard_max end, 'infinity')
                when has_parts
                then {{ figure_high("measure", "factor") }}
            end as high
        from measured
    )

select
    *,
    case when is_bare and value_low is not null then value_low_closed else true end as low_closed,
    case when is_bare and value_high is not null then value_high_closed else true end as high_closed
from bounded
