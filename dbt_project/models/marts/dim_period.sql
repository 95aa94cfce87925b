-- dim_period.sql: one row per programme and period
with periods as (select * from {{ ref("int_periods__with_closing") }})

select
    programme_code,
    period,
    kind,
    data_from,
    data_to,
    case when closed_at <= {{ values_as_of() }} then closed_at end as closed_at
from periods
