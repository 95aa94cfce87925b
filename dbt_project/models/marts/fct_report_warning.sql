-- fct_report_warning.sql: one row per warning of an accepted report that its sender is to confirm
-- or correct
with warnings as (select * from {{ ref("int_report_warnings__confirmed") }})

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
    is_confirmed,
    reason,
    confirmed_at
from warnings
