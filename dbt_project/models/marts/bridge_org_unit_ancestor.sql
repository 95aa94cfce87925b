-- bridge_org_unit_ancestor.sql: one row per unit and ancestor: itself, its district and province
-- of its own time, and the country
with ancestors as (select * from {{ ref("int_org_units__ancestors") }})

select unit_id, ancestor_id, ancestor_code, ancestor_level, ancestor_name, province_id
from ancestors
