-- dim_indicator.sql: one row per programme and indicator
{{
    config(
        materialized="refilled_table",
        tags=["catalogue"],
        meta={
            "primary_key": ["programme_code", "indicator_code"],
            "foreign_keys": {"dim_programme": ["programme_code"]},
        },
    )
}}
-- depends_on: {{ ref("dim_programme") }}
with indicators as (select * from {{ ref("int_indicators__recorded") }})

select
    programme_code,
    indicator_code,
    plan_unit_code,
    sort_order,
    objective_vi,
    heading_code,
    heading_vi,
    name_vi,
    unit_vi,
    aggregation,
    factor,
    numerator_vi,
    denominator_vi,
    direction,
    milestone_path,
    hard_min,
    hard_max,
    soft_min,
    soft_max,
    min_coverage_pct,
    is_part_of_whole,
    is_required,
    is_sensitive,
    bound_reason,
    lead_agency_vi,
    code_source,
    made_by,
    source_line,
    note
from indicators
