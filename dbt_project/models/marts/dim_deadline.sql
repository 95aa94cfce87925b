-- dim_deadline.sql: one row per programme, period, level, agency and unit with a dated deadline
-- The revision that is in force, or was at the time that the session asks for.
with
    deadlines as (
        select *
        from {{ ref("int_deadlines__revised") }}
        where decided_from <= {{ values_as_of() }} and decided_to > {{ values_as_of() }}
    )

select
    programme_code,
    period,
    unit_level,
    agency_code,
    unit_code,
    last_on_time_on,
    deadline_at,
    phrase_vi as phrase,
    reading,
    revision,
    is_assumption,
    source
from deadlines
