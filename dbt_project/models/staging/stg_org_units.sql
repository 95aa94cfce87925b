-- stg_org_units.sql: one row per unit and version of its name and type, half-open in time
with units as (select * from {{ ref("org_units") }})

select
    unit_id,
    unit_code,
    unit_name,
    unit_type,
    unit_level,
    parent_code,
    coalesce(valid_from, '-infinity') as valid_from,
    coalesce(valid_to, 'infinity') as valid_to,
    legal_act
from units
