-- expected_report.sql: one row per report that may be sent (programme, period, unit, agency) by
-- the newest decisions, known before any figure exists
{{ config(tags=["catalogue"]) }}

select
    programme_code,
    period,
    unit_id,
    agency_code,
    unit_code,
    unit_level,
    form,
    is_owed,
    feeds_rollup,
    resolve_on,
    deadline_at,
    deadline_phrase_vi,
    reason
from {{ ref("int_expected_reports__latest") }}
