-- expected_rollup.sql: one row per programme, period, unit and boundary basis whose figures are
-- added up from reports owed below it
{{ config(tags=["catalogue"]) }}

select programme_code, period, unit_id, unit_code, boundary_basis
from {{ ref("int_expected_reports__by_org_unit") }}
