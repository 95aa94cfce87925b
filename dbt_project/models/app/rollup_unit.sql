-- rollup_unit.sql: one row per unit, boundary basis and unit above or after it whose figures hold
-- its lines
{{ config(tags=["catalogue"]) }}

select unit_id, boundary_basis, rollup_unit_id, weight, is_estimated
from {{ ref("int_org_units__rollup_units") }}
