-- rollup_unit_by_period.sql: one row per programme, period, agency, unit, and unit whose figures as
-- reported hold its lines in this period beside what rollup_unit says
{{ config(tags=["catalogue"]) }}

select programme_code, period, agency_code, unit_id, rollup_unit_id, boundary_basis
from {{ ref("int_expected_reports__rollup_units") }}
