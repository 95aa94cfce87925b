-- org_unit_name.sql: one row per unit and name that it has had
{{ config(tags=["catalogue"]) }}

-- No CTE: PostgreSQL does not look through a view that has one, and would read the map for one
-- name.
select
    versions.unit_id,
    versions.unit_name,
    versions.valid_from,
    versions.valid_to,
    versions.valid_to = units.valid_to as is_latest
from {{ ref("stg_org_units") }} as versions
inner join {{ ref("int_org_units__resolved") }} as units on units.unit_id = versions.unit_id
