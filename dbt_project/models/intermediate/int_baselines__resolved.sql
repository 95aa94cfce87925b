-- int_baselines__resolved.sql: one row per baseline that a plan states, with the unit it is about
-- The unit is the one that bore the code on the last day of the baseline's period: Bắc Giang's
-- figures of 2023 are not the start of the province that bears its code today.
{{ config(materialized="replaced_view") }}

with
    baselines as (select * from {{ ref("int_baselines__recorded") }}),

    periods as (select * from {{ ref("int_periods__with_window") }}),

    units as (select * from {{ ref("int_org_units__resolved") }}),

    dated as (
        select
            baselines.*,
            coalesce(
                periods.data_to, make_date(left(baselines.period, 4)::integer, 12, 31)
            ) as ends_on
        from baselines
        left join
            periods
            on periods.programme_code = baselines.programme_code
            and periods.period = baselines.period
        -- a dash in the annex: missing, and no start
        where baselines.value_low is not null or baselines.value_high is not null
    )

select
    dated.programme_code,
    dated.indicator_code,
    units.unit_id,
    units.unit_code,
    units.unit_level,
    dated.measure,
    dated.period,
    {{ period_time("dated.ends_on") }} as period_time,
    {{ exact_or_null("dated.value_low", "dated.value_high") }} as value,
    dated.value_low,
    dated.value_high,
    dated.low_closed,
    dated.high_closed
from dated
inner join
    units
    on units.unit_code = dated.unit_code
    and units.valid_from <= dated.ends_on
    and units.valid_to > dated.ends_on
