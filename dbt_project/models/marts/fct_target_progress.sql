-- fct_target_progress.sql: one row per figure as reported and target that its unit is shown against
-- The nation's target is for comparison: a verdict, and no path or trend of its own.
-- depends_on: {{ ref("int_figure_partitions__with_history") }}
-- depends_on: {{ ref("fct_indicator_rollup") }}
-- depends_on: {{ ref("int_denominators__last_reported") }}
-- depends_on: {{ ref("dim_programme") }}
-- depends_on: {{ ref("dim_indicator") }}
{{
    config(
        materialized="stored_mart",
        post_hook=[
            "select ops.publish_build()",
            "{{ create_partial_index_on_upper_levels(['programme_code', 'period', 'indicator_code']) }}",
        ],
        meta={
            "partitions_from": "int_figure_partitions__with_history",
            "foreign_keys": {
                "dim_programme": ["programme_code"],
                "dim_indicator": ["programme_code", "indicator_code"],
            },
        },
        indexes=[
            {"columns": ["unit_code", "period", "programme_code"]},
            {"columns": ["programme_code", "indicator_code", "period", "unit_id", "measure"]},
        ],
    )
}}

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
