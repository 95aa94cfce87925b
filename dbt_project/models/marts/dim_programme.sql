-- dim_programme.sql: one row per programme
{{
    config(
        materialized="refilled_table",
        tags=["catalogue"],
        meta={"primary_key": ["programme_code"]},
    )
}}

with programmes as (select * from {{ ref("programmes") }})

select
    programme_code,
    name_vi as programme_name,
    document_vi,
    root_unit_code,
    starts_on,
    ends_on,
    period_type,
    data_window,
    day_off_rule,
    min_coverage_pct,
    assumptions_vi,
    source
from programmes
