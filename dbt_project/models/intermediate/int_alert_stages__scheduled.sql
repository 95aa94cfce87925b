-- int_alert_stages__scheduled.sql: one row per programme, last day in time, stage of the ladder
-- and audience,
-- with the day from which the stage is due
with
    stages as (select * from {{ ref("alert_stages") }} where day_offset is not null),

    days as (select * from {{ ref("int_calendar_days__numbered") }}),

    lasts as (
        select distinct programme_code, last_on_time_on from {{ ref("int_deadlines__revised") }}
    )

select
    lasts.programme_code,
    lasts.last_on_time_on,
    stages.stage,
    stages.audience,
    stages.sort_order,
    case
        stages.day_kind
        when 'calendar'
        then lasts.last_on_time_on + stages.day_offset
        else
            (
                select min(worked.day)
                from days as worked
                where worked.working_day_no = days.working_day_no + stages.day_offset
            )
    end as fires_on
from lasts
inner join stages on stages.programme_code = lasts.programme_code
left join days on days.day = lasts.last_on_time_on
