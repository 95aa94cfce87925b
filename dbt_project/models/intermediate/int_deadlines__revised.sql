-- int_deadlines__revised.sql: one row per programme, period, level, agency and unit (none: all
-- of the level) and revision of the deadline, with the time in which it is in force "trước ngày
-- 30/11" has its last day on 29/11, "chậm nhất ngày 25" on 25. A last day that is a day off
-- stays, or moves to the next working day, by the programme's rule. deadline_at is the first
-- instant that is late. A revision is in force from the day of its decision until the next
-- one's; without such a day from the beginning.
with
    deadlines as (select * from {{ ref("deadlines") }}),

    programmes as (select * from {{ ref("programmes") }}),

    days as (select * from {{ ref("int_calendar_days__numbered") }}),

    interpreted as (
        select
            *,
            deadline_on - case reading when 'exclusive' then 1 else 0 end as last_day_on,
            {{ start_of_day("decided_on") }} as decided_from
        from deadlines
    ),

    adjusted as (
        select
            interpreted.*,
            case
                when programmes.day_off_rule = 'next_working_day' and not days.is_working
                then
                    (
                        select min(next.day)
                        from days as next
                        where next.working_day_no = days.working_day_no + 1
                    )
                else interpreted.last_day_on
            end as last_on_time_on
        from interpreted
        inner join programmes on programmes.programme_code = interpreted.programme_code
        left join days on days.day = interpreted.last_day_on
    ),

    with_validity as (
        select
            *,
            coalesce(
                min(decided_from) over (revisions rows between 1 following and unbounded following),
                'infinity'
            ) as decided_to,
            lag(last_on_time_on) over revisions as former_last_on_time_on
        from adjusted
        window
            revisions as (
                partition by programme_code, period, unit_level, agency_code, unit_code
                order by revision
            )
    )

select
    programme_code,
    period,
    unit_level,
    agency_code,
    unit_code,
    revision,
    deadline_on,
    last_on_time_on,
    {{ start_of_day("last_on_time_on + 1") }} as deadline_at,
    reading,
    phrase_vi,
    is_assumption,
    source,
    decided_on,
    decided_from,
    decided_to,
    former_last_on_time_on
from with_validity
where decided_from < decided_to
