-- dim_org_unit.sql: one row per unit and version of its name and type
-- Dates that every driver can read: year 1 is "before the lists", year 9999 "until today".
with
    versions as (select * from {{ ref("stg_org_units") }}),

    units as (select * from {{ ref("int_org_units__resolved") }})

select
    versions.unit_id,
    greatest(versions.valid_from, date '0001-01-01') as valid_from,
    least(versions.valid_to, date '9999-12-31') as valid_to,
    versions.unit_code,
    versions.unit_name,
    versions.unit_type,
    versions.unit_level,
    versions.parent_code,
    units.parent_id,
    units.district_id,
    units.province_id,
    units.current_province_id,
    units.current_unit_id,
    units.has_single_successor,
    versions.valid_to = 'infinity' as is_current,
    versions.valid_to = units.valid_to as is_latest_version,
    versions.legal_act
from versions
inner join units on units.unit_id = versions.unit_id
