-- stg_submissions.sql: one row per report as received
with submissions as (select * from {{ source("raw", "submission") }})

select
    submission_id,
    sha256,
    programme_code,
    period,
    unit_code,
    agency_code,
    submission_type,
    form,
    is_made_up,
    received_at
from submissions
