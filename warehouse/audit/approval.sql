select
    concat(approval.submission_id, ' ', approval.stage) as subject,
    approval.decided_at as happened,
    jsonb_build_object(
        'submission_id', approval.submission_id,
        'stage', approval.stage,
        'decision', approval.decision,
        'accepted_seq', approval.accepted_seq,
        'decided_at', approval.decided_at,
        'account_id', approval.account_id,
        'text_sha256', encode(sha256(convert_to(row(approval.reason, approval.decided_by)::text, 'UTF8')), 'hex')
    ) as content
from ops.report_approval as approval
