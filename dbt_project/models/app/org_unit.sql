-- org_unit.sql: one row per unit, of today or ended, with the units above it and the days on which
-- it exists
{{ config(tags=["catalogue"]) }}

select
    unit_id,
    unit_code,
    unit_level,
    parent_id,
    district_id,
    province_id,
    partition_province_id,
    current_province_id,
    valid_from,
    valid_to
from {{ ref("int_org_units__resolved") }}
