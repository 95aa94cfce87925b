-- fct_indicator_rollup.sql: one row per indicator, measure, period, unit and basis, with the figure
-- and its coverage
-- depends_on: {{ ref("int_figure_partitions__current") }}
-- depends_on: {{ ref("dim_programme") }}
-- depends_on: {{ ref("dim_indicator") }}
{{
    config(
        materialized="stored_mart",
        meta={
            "partitions_from": "int_figure_partitions__current",
            "published_with": "fct_target_progress",
            "primary_key": [
                "programme_code",
                "indicator_code",
                "period",
                "unit_id",
                "boundary_basis",
                "measure",
            ],
            "foreign_keys": {
                "dim_programme": ["programme_code"],
                "dim_indicator": ["programme_code", "indicator_code"],
            },
        },
        indexes=[{"columns": ["unit_code", "period", "programme_code"]}],
        post_hook="{{ create_partial_index_on_upper_levels(['programme_code', 'period', 'indicator_code']) }}",
    )
}}

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
