-- dim_org_unit_current.sql: one row per org unit of today, under its present name
with
    units as (select * from {{ ref("dim_org_unit") }} where is_current),

    -- versions share the first day that the unit existed in its identity
    existing as (
        select unit_id, min(valid_from) as existing_from
        from {{ ref("dim_org_unit") }}
        group by unit_id
    )

select
    units.unit_id,
    units.unit_code,
    units.unit_name,
    units.unit_sort_key,
    units.unit_type,
    units.unit_level,
    provinces.unit_id as province_id,
    provinces.unit_code as province_code,
    provinces.unit_name as province_name,
    existing.existing_from
from units
inner join existing on existing.unit_id = units.unit_id
left join units as provinces on provinces.unit_id = units.current_province_id
