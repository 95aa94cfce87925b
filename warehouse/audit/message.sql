-- a message is final once somebody took it; the rows of its ledger are settled in the same transaction
select
    message.message_id as subject,
    message.sent_at as happened,
    jsonb_build_object(
        'kind', message.kind,
        'channel', message.channel,
        'status', message.status,
        'queued_at', message.queued_at,
        'sent_at', message.sent_at,
        'audit_head', message.audit_head,
        'recipient_sha256', encode(sha256(convert_to(row(message.recipient, message.taken_by)::text, 'UTF8')), 'hex'),
        'text_sha256', encode(
            sha256(convert_to(row(message.subject, message.body_text, message.body_html)::text, 'UTF8')), 'hex'
        ),
        'ops.alert_ledger', (
            select jsonb_build_object(
                'rows', count(*),
                'sha256', encode(sha256(string_agg(hash, null order by ledger_id)), 'hex'),
                'each', string_agg(ledger_id || ':' || left(encode(hash, 'hex'), 8), ' ' order by ledger_id)
            )
            from (
                select
                    alert.ledger_id,
                    sha256(convert_to(row(
                        alert.ledger_id, alert.programme_code, alert.period, alert.unit_id, alert.unit_code,
                        alert.agency_code, alert.deadline_revision, alert.deadline_at, alert.stage, alert.audience,
                        alert.channel
                    )::text, 'UTF8')) as hash
                from ops.alert_ledger as alert
                where alert.message_id = message.message_id and alert.status = 'sent'
            ) as hashed
        ),
        'ops.receipt_ledger', (
            select jsonb_build_object(
                'rows', count(*),
                'sha256', encode(sha256(string_agg(hash, null order by ledger_id)), 'hex'),
                'each', string_agg(ledger_id || ':' || left(encode(hash, 'hex'), 8), ' ' order by ledger_id)
            )
            from (
                select
                    receipt.ledger_id,
                    sha256(convert_to(row(receipt.ledger_id, receipt.submission_id)::text, 'UTF8')) as hash
                from ops.receipt_ledger as receipt
                where receipt.message_id = message.message_id and receipt.status = 'sent'
            ) as hashed
        )
    ) as content
from ops.message
where message.status = 'sent'
