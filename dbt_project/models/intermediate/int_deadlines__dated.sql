-- int_deadlines__dated.sql: one row per programme, period, level, agency and unit (none: all of the
-- level) with the deadline in force
-- deadline_at is the first moment that is late: "trước ngày 30/11" ends as 30/11 begins, "chậm nhất
-- ngày 25" as 26 begins.
with
    deadlines as (select * from {{ ref("deadlines") }}),

    newest as (
        select distinct on (programme_code, period, unit_level, agency_code, unit_code) *
        from deadlines
        order by programme_code, period, unit_level, agency_code, unit_code, revision desc
    )

select
    programme_code,
    period,
    unit_level,
    agency_code,
    unit_code,
    revision,
    deadline_on,
    (deadline_on + case reading when 'inclusive' then 1 else 0 end)::timestamp
    at time zone 'Asia/Ho_Chi_Minh' as deadline_at,
    reading,
    phrase_vi,
    is_assumption,
    source
from newest
