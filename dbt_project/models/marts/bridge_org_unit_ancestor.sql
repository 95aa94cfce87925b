-- bridge_org_unit_ancestor.sql: one row per unit and place that holds it
with held as (select * from {{ ref("int_org_units__ancestors") }})

select unit_id, ancestor_id, ancestor_code, ancestor_level, ancestor_name, province_id
from held
