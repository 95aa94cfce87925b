-- dim_criterion.sql: one row per programme and line of its score sheet
with criteria as (select * from {{ ref("criteria") }})

select
    programme_code,
    criterion_code,
    parent_code,
    sort_order,
    kind,
    name_vi as criterion_name,
    max_points,
    points_rule,
    points_each,
    verification,
    evidence_vi,
    note,
    source_line
from criteria
