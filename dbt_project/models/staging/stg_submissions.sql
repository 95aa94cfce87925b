-- stg_submissions.sql: one row per report as received
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
from {{ source("raw", "submission") }}
