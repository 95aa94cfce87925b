-- stg_org_units.sql: one row per unit and version of its name and type, half-open in time
-- No CTE: PostgreSQL does not look through a view that has one, and would read the map for one
-- name.
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
from {{ ref("org_units") }}
