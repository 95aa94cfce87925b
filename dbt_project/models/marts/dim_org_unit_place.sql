-- dim_org_unit_place.sql: one row per unit and place that holds it
with held as (select * from {{ ref("int_org_units__held") }})

select unit_id, place_id, place_code, place_level, place_name, province_id
from held
