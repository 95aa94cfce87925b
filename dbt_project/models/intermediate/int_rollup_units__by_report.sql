-- int_rollup_units__by_report.sql: one row per unit, basis and unit where its sums belong: whatever
-- the report (programme, period and agency empty), or for this report alone
{{ config(materialized="replaced_view") }}

select
    null as programme_code,
    null as period,
    null as agency_code,
    unit_id,
    rollup_unit_id,
    boundary_basis,
    weight,
    is_estimated
from {{ ref("int_org_units__rollup_units") }}
union all
select programme_code, period, agency_code, unit_id, rollup_unit_id, boundary_basis, 1, false
from {{ ref("int_expected_reports__rollup_units") }}
