-- int_org_units__standing.sql: one row per unit of today and place above it
-- A table apart from int_org_units__restated: its statistics tell the planner that a unit has one
-- place here.
with units as (select * from {{ ref("int_org_units__identified") }} where lives_to = 'infinity')

select unit_id, district_id as place_id
from units
where district_id <> unit_id
union all
select unit_id, province_id
from units
where province_id <> unit_id
