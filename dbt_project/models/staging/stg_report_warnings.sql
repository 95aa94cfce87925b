-- stg_report_warnings.sql: one row per warning of an accepted report that its sender is to
-- confirm or correct
select
    issue_id,
    submission_id,
    programme_code,
    period,
    unit_id,
    unit_code,
    agency_code,
    indicator_code,
    rule,
    message_vi,
    message_en,
    warned_at,
    replaced_at,
    is_in_force,
    reason,
    confirmed_at
from {{ source("ops", "report_warning") }}
