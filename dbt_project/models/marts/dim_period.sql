-- dim_period.sql: one row per programme and period
with periods as (select * from {{ ref("int_periods__closed") }})

select programme_code, period, kind, data_from, data_to, closed_at
from periods
