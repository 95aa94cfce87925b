-- admissible_report.sql: one row per report that the gate may accept: of the unit that is
-- expected to
-- send it, or of one that ended or moved away within the period
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
    is_former,
    resolve_on,
    reason
from {{ ref("int_expected_reports__admissible") }}
