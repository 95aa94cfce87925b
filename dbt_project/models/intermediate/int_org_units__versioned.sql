-- int_org_units__versioned.sql: one row per unit and version of its name and type
{{
    config(
        indexes=[
            {"columns": ["unit_id", "valid_from"], "unique": true},
            {"columns": ["unit_code"]},
        ]
    )
}}

with
    versions as (select * from {{ ref("stg_org_units") }}),

    units as (select * from {{ ref("int_org_units__resolved") }})

select
    versions.*,
    units.parent_id,
    units.district_id,
    units.province_id,
    units.current_province_id,
    units.current_unit_id,
    units.has_single_successor,
    versions.valid_to = 'infinity' as is_current,
    versions.valid_to = units.valid_to as is_latest_version,
    {{ vietnamese_sort_key("versions.unit_name") }} as unit_sort_key
from versions
inner join units on units.unit_id = versions.unit_id
