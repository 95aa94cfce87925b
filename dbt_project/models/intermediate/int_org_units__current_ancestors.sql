-- int_org_units__current_ancestors.sql: one row per unit of today and place above it
-- A table apart from int_org_units__successor_weights: its statistics tell the planner that a
-- unit has one
-- place here.
with units as (select * from {{ ref("int_org_units__resolved") }} where valid_to = 'infinity')

select unit_id, district_id as rollup_unit_id
from units
where district_id <> unit_id
union all
select unit_id, province_id
from units
where province_id <> unit_id
