-- stg_approval_requests.sql: one row per accepted report and stage that needs an approval
select submission_id, stage, approver, on_time_by, requested_at, due_at
from {{ source("ops", "approval_request") }}
