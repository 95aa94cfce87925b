-- stg_verdicts.sql: one row per submission that passed through the gate
with verdicts as (select * from {{ source("ops", "submission_verdict") }})

select submission_id, status, status <> 'rejected' as is_accepted, accepted_seq, decided_at
from verdicts
