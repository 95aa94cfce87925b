-- value_version.sql: one row per reported line and measure, and the time in which it was valid:
-- until a later report replaced or withdrew it
select
    programme_code,
    indicator_code,
    period,
    unit_id,
    agency_code,
    measure,
    known_from,
    known_to,
    unit_code,
    rollup_measure,
    numerator_low,
    numerator_high,
    denominator_low,
    denominator_high,
    value_status,
    is_primary,
    is_summable,
    is_owed,
    feeds_rollup,
    submission_id,
    line_id
from {{ ref("int_values__versioned") }}
