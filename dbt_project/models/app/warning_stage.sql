-- warning_stage.sql: one row per programme, stage of the reminders of unconfirmed warnings and day
-- from which a report counts, with the day from which the stage is due
-- The calendar is joined as a table: of a CTE that is read twice every day would be computed, where
-- one is looked for.
{{ config(tags=["catalogue"]) }}

select
    stages.programme_code,
    stages.stage,
    days.day as counted_from_on,
    stages.sort_order,
    coalesce(working_days.day, days.day + stages.day_offset) as fires_on
from {{ ref("warning_stages") }} as stages
cross join {{ ref("int_calendar_days__numbered") }} as days
left join
    {{ ref("int_calendar_days__numbered") }} as working_days
    on stages.day_kind = 'working'
    and working_days.is_working
    and working_days.working_day_no = days.working_day_no + stages.day_offset
