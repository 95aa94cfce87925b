-- fct_target_progress.sql: one row per figure as reported and target that its unit is shown against
-- The nation's target is for comparison: a verdict, and no path or trend of its own.
with progress as (select * from {{ ref("int_target_trends__classified") }})

select
    programme_code,
    indicator_code,
    period,
    unit_id,
    unit_code,
    measure,
    target_scope,
    target_year,
    unit_level,
    comparator,
    target_low,
    target_high,
    better_end,
    milestone,
    milestone_comparator,
    milestone_basis,
    verdict,
    is_exceeded,
    milestone_verdict,
    gap,
    observed_annual_rate,
    required_annual_rate,
    projected_value,
    acceleration,
    trend_class,
    is_hold_target,
    is_main_target,
    milestone_reason,
    trend_reason
from progress
