-- unit_target.sql: one row per target and unit that it is shown beside; without a unit it is shown
-- beside every unit of the level that has no list of its own for the indicator
{{ config(tags=["catalogue"]) }}

select
    programme_code,
    indicator_code,
    unit_level,
    unit_id,
    target_scope,
    target_year,
    bound_unit_code,
    agency_code,
    measure,
    comparator,
    target_low,
    target_high,
    raw
from {{ ref("int_targets__applied") }}
