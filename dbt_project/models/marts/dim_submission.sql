-- dim_submission.sql: one row per submission, with its file and the times of its receipt and
-- verdict
with submissions as (select * from {{ ref("int_submissions__received") }})

select
    submission_id,
    programme_code,
    period,
    unit_id,
    unit_code,
    agency_code,
    submission_type,
    form,
    file_name,
    sha256,
    received_at,
    status,
    decided_at,
    is_made_up
from submissions
