select
    confirmation.confirmation_id::text as subject,
    confirmation.confirmed_at as happened,
    jsonb_build_object(
        'confirmation_id', confirmation.confirmation_id,
        'issue_id', confirmation.issue_id,
        'submission_id', confirmation.submission_id,
        'confirmed_at', confirmation.confirmed_at,
        'account_id', confirmation.account_id,
        'text_sha256', encode(sha256(convert_to(row(confirmation.reason, confirmation.confirmed_by)::text, 'UTF8')), 'hex')
    ) as content
from ops.warning_confirmation as confirmation
