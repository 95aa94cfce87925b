-- dim_period.sql: one row per programme and period
with
    periods as (select * from {{ ref("int_periods__with_closing") }}),

    as_of as (select ({{ obligations_as_of() }} at time zone 'Asia/Ho_Chi_Minh')::date as as_of_on),

    -- of the periods that have begun the one that ends last; of two the longer one
    latest as (
        select distinct on (periods.programme_code) periods.programme_code, periods.period
        from periods
        cross join as_of
        where periods.data_from <= as_of.as_of_on
        order by periods.programme_code, periods.data_to desc, periods.data_from
    )

select
    periods.programme_code,
    periods.period,
    periods.kind,
    periods.data_from,
    periods.data_to,
    case when periods.closed_at <= {{ values_as_of() }} then periods.closed_at end as closed_at,
    latest.period is not null as is_latest
from periods
left join
    latest on latest.programme_code = periods.programme_code and latest.period = periods.period
