-- expected_rollup.sql: one row per programme, period, agency, unit and boundary basis whose figures
-- are added up from reports below it, as of the time asked for
{{ config(tags=["catalogue"]) }}

select programme_code, period, agency_code, unit_id, unit_code, boundary_basis, is_owed
from {{ ref("int_expected_reports__counted") }}
