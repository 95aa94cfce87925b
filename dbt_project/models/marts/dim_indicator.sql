-- dim_indicator.sql: one row per programme and indicator
with indicators as (select * from {{ ref("indicators") }})

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
