-- stg_verdicts.sql: one row per submission that passed through the gate
select submission_id, unit_id, status, status <> 'rejected' as is_accepted, accepted_seq, decided_at
from {{ source("ops", "submission_verdict") }}
