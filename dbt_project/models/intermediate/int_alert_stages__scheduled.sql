-- int_alert_stages__scheduled.sql: one row per programme, last day in time, stage of the alert
-- ladder and audience, with the day from which the stage is due
with
    stages as (select * from {{ ref("alert_stages") }} where day_offset is not null),

    days as (select * from {{ ref("int_calendar_days__numbered") }}),

    last_days as (
        select distinct programme_code, last_on_time_on from {{ ref("int_deadlines__revised") }}
    )

select
    last_days.programme_code,
    last_days.last_on_time_on,
    stages.stage,
    stages.audience,
    stages.sort_order,
    case
        stages.day_kind
        when 'calendar'
        then last_days.last_on_time_on + stages.day_offset
        else
            (
                select min(working_days.day)
                from days as working_days
                where working_days.working_day_no = days.working_day_no + stages.day_offset
            )
    end as fires_on
from last_days
inner join stages on stages.programme_code = last_days.programme_code
left join days on days.day = last_days.last_on_time_on
