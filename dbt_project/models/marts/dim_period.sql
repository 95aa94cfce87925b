-- dim_period.sql: one row per programme and period
with periods as (select * from {{ ref("periods") }})

select programme_code, period, kind, data_from, data_to
from periods
