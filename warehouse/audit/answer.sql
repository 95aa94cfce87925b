-- an answer to a mail that somebody took, so that none is sent again
select
    ledger.ledger_id::text as subject,
    ledger.settled_at as happened,
    jsonb_build_object(
        'mail_no', ledger.mail_no,
        'reason', ledger.reason,
        'message_id', ledger.message_id,
        'settled_at', ledger.settled_at,
        'recipient_sha256', encode(sha256(convert_to(ledger.recipient, 'UTF8')), 'hex')
    ) as content
from ops.answer_ledger as ledger
where ledger.status = 'sent'
