-- int_org_units__current_ancestors.sql: one row per unit of today that never moved, and unit above
-- it
-- A table apart from int_org_units__successor_weights: its statistics tell the planner that a
-- commune has one row here.
with
    units as (select * from {{ ref("int_org_units__resolved") }} where valid_to = 'infinity'),

    moved as (
        select unit_id
        from {{ ref("int_org_unit_versions__resolved") }}
        group by 1
        having count(*) > 1
    ),

    settled as (select * from units where unit_id not in (select unit_id from moved))

select unit_id, district_id as rollup_unit_id
from settled
where district_id <> unit_id
union all
select unit_id, province_id
from settled
where province_id <> unit_id
