-- a letter about a change of an account that somebody took, so that none is sent again
select
    ledger.ledger_id::text as subject,
    ledger.settled_at as happened,
    jsonb_build_object(
        'event_id', ledger.event_id,
        'message_id', ledger.message_id,
        'settled_at', ledger.settled_at
    ) as content
from ops.account_ledger as ledger
where ledger.status = 'sent'
