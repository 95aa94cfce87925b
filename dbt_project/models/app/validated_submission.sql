-- validated_submission.sql: one row per submission with a verdict, of a report that its unit may
-- send
select
    submission_id,
    programme_code,
    period,
    unit_id,
    unit_code,
    agency_code,
    partition_province_id,
    form,
    is_accepted,
    accepted_seq,
    decided_at
from {{ ref("int_submissions__validated") }}
