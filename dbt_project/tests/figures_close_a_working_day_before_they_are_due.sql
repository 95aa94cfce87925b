-- Decree 09/2019, article 8.5: at least one working day lies between the day on which the figures
-- are closed and the last day of reporting them. It warns: an office may have set its date so.
{{ config(severity="warn", tags=["advice"]) }}

with
    programmes as (select * from {{ ref("programmes") }} where data_window = 'administrative'),

    periods as (select * from {{ ref("int_periods__with_window") }} where kind = 'owed'),

    deadlines as (select * from {{ ref("int_deadlines__revised") }} where decided_to = 'infinity'),

    days as (select * from {{ ref("int_calendar_days__numbered") }})

select
    deadlines.programme_code,
    deadlines.period,
    deadlines.unit_level,
    deadlines.agency_code,
    deadlines.unit_code,
    periods.data_to,
    deadlines.last_on_time_on
from deadlines
inner join programmes on programmes.programme_code = deadlines.programme_code
inner join
    periods
    on periods.programme_code = deadlines.programme_code
    and periods.period = deadlines.period
inner join days as closed on closed.day = periods.data_to
inner join days as due on due.day = deadlines.last_on_time_on
where due.working_day_no <= closed.working_day_no
