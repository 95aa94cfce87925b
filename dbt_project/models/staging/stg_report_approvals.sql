-- stg_report_approvals.sql: one row per decision of an approver about a report
select
    submission_id, stage, decision, decision = 'approved' as is_approved, accepted_seq, decided_at
from {{ source("ops", "report_approval") }}
