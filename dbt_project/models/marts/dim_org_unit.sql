-- dim_org_unit.sql: one row per unit and version of its name and type
-- Dates that every driver can read: year 1 is "before the lists", year 9999 "until today".
with versions as (select * from {{ ref("int_org_units__versioned") }})

select
    unit_id,
    greatest(valid_from, date '0001-01-01') as valid_from,
    least(valid_to, date '9999-12-31') as valid_to,
    unit_code,
    unit_name,
    unit_type,
    unit_level,
    parent_code,
    parent_id,
    district_id,
    province_id,
    current_province_id,
    current_unit_id,
    has_single_successor,
    is_current,
    is_latest_version,
    legal_act,
    unit_sort_key
from versions
