-- a letter about an approval that somebody took, so that none is sent again
select
    ledger.ledger_id::text as subject,
    ledger.settled_at as happened,
    jsonb_build_object(
        'submission_id', ledger.submission_id,
        'stage', ledger.stage,
        'notice', ledger.notice,
        'message_id', ledger.message_id,
        'settled_at', ledger.settled_at
    ) as content
from ops.approval_ledger as ledger
where ledger.status = 'sent'
