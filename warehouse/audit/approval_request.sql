select
    concat(request.submission_id, ' ', request.stage) as subject,
    request.requested_at as happened,
    jsonb_build_object(
        'submission_id', request.submission_id,
        'stage', request.stage,
        'approver', request.approver,
        'allows_own', request.allows_own,
        'on_time_by', request.on_time_by,
        'requested_at', request.requested_at,
        'due_at', request.due_at
    ) as content
from ops.approval_request as request
