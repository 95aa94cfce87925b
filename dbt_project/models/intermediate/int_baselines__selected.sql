-- int_baselines__selected.sql: one row per indicator, unit and measure that has a start
-- What the plan states counts before what the unit reported for its baseline period.
{{ config(materialized="replaced_view") }}

with
    stated as (select * from {{ ref("int_baselines__resolved") }}),

    periods as (select * from {{ ref("int_periods__with_window") }} where kind = 'baseline'),

    figures as (
        select *
        from {{ ref("int_rollups__computed") }}
        where
            boundary_basis = 'as_reported'
            and (value_low is not null or value_high is not null)
            and is_provisional is not true
    ),

    starts as (
        select
            programme_code,
            indicator_code,
            unit_id,
            unit_code,
            measure,
            period_time,
            value,
            value_low,
            value_high,
            low_closed,
            high_closed,
            true as is_stated
        from stated
        union all
        select
            figures.programme_code,
            figures.indicator_code,
            figures.unit_id,
            figures.unit_code,
            figures.measure,
            {{ period_time("periods.data_to") }},
            figures.value,
            figures.value_low,
            figures.value_high,
            figures.low_closed,
            figures.high_closed,
            false
        from figures
        inner join
            periods
            on periods.programme_code = figures.programme_code
            and periods.period = figures.period
    )

select distinct
    on (programme_code, indicator_code, unit_id, unit_code, measure) *,
    {{ comparison_interval("measure", "value_low", "value_high", "low_closed", "high_closed") }}
from starts
order by
    programme_code, indicator_code, unit_id, unit_code, measure, is_stated desc, period_time desc
