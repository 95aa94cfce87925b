-- dim_deadline.sql: one row per programme, period, level, agency and unit with a dated deadline
with deadlines as (select * from {{ ref("int_deadlines__dated") }})

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
