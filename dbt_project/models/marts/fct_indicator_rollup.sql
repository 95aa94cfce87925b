-- fct_indicator_rollup.sql: one row per indicator, measure, period, unit and basis, with the figure
-- and its coverage
with figures as (select * from {{ ref("int_rollups__computed") }})

select
    programme_code,
    indicator_code,
    period,
    unit_id,
    unit_code,
    boundary_basis,
    measure,
    unit_level,
    aggregation,
    numerator,
    denominator,
    value,
    value_low,
    value_high,
    low_closed,
    high_closed,
    units_expected,
    units_reporting,
    units_value_only,
    coverage_pct,
    is_provisional,
    is_rolled_up,
    is_estimated,
    has_predecessors,
    is_made_up
from figures
