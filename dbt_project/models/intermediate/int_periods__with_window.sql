-- int_periods__with_window.sql: one row per programme and period, with the first and the last
-- day of its data window
-- A cell that the catalogue fills is the plan's own. Else the window follows from the period's
-- code, by the calendar or as Decree 09/2019, article 12, closes the figures: from the 15th of
-- the month before to the 14th of the period's last month.
with
    periods as (select * from {{ ref("periods") }}),

    programmes as (select * from {{ ref("programmes") }}),

    with_days as (
        select
            periods.*,
            coalesce(programmes.data_window = 'administrative', false) as is_administrative,
            {{ first_day_of("periods.period") }} as first_day,
            {{ last_day_of("periods.period") }} as last_day
        from periods
        inner join programmes on programmes.programme_code = periods.programme_code
    )

select
    programme_code,
    period,
    kind,
    coalesce(
        data_from,
        case
            when is_administrative then (first_day - interval '1 month')::date + 14 else first_day
        end
    ) as data_from,
    coalesce(
        data_to,
        case when is_administrative then date_trunc('month', last_day)::date + 13 else last_day end
    ) as data_to
from with_days
