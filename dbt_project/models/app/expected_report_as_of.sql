-- expected_report_as_of.sql: one row per report that is owed or excused, with its terms by what
-- was decided at the instant that the session asks for
select
    programme_code,
    period,
    unit_id,
    agency_code,
    form,
    owed_from,
    former_last_on_time_on,
    deadline_phrase_vi,
    deadline_decided_on
from {{ ref("int_expected_reports__as_of") }}
