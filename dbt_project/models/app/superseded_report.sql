-- superseded_report.sql: one row per report of a unit that ended within the period, successor and
-- time in which the successor's own report took its place
select programme_code, period, agency_code, unit_id, successor_id, known_from, known_to
from {{ ref("int_predecessor_reports__superseded") }}
