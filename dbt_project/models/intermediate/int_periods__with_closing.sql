-- int_periods__with_closing.sql: one row per programme and period, with when it was closed, if
-- it was
{{ config(materialized="replaced_view") }}

with
    periods as (select * from {{ ref("int_periods__with_window") }}),

    closings as (select * from {{ ref("stg_period_closings") }})

select
    periods.programme_code,
    periods.period,
    periods.kind,
    periods.data_from,
    periods.data_to,
    closings.closed_at
from periods
left join
    closings
    on closings.programme_code = periods.programme_code
    and closings.period = periods.period
