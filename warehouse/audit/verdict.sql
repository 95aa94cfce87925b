select
    verdict.submission_id::text as subject,
    verdict.accepted_seq as happened,
    jsonb_build_object(
        'status', verdict.status,
        'accepted_seq', verdict.accepted_seq,
        'unit_id', verdict.unit_id,
        'rules_version', verdict.rules_version,
        'decided_at', verdict.decided_at,
        'asked_sha256', (
            select encode(sha256(convert_to(string_agg(
                row(issue.issue_id, issue.indicator_code, issue.needs_confirmation)::text, ' ' order by issue.issue_id
            ), 'UTF8')), 'hex')
            from ops.submission_issue as issue
            where issue.submission_id = verdict.submission_id
        ),
        'ops.submission_issue', (
            select jsonb_build_object(
                'rows', count(*),
                'sha256', encode(sha256(string_agg(hash, null order by issue_id)), 'hex'),
                'each', string_agg(issue_id || ':' || left(encode(hash, 'hex'), 8), ' ' order by issue_id)
            )
            from (
                select
                    issue.issue_id,
                    sha256(convert_to(row(
                        issue.issue_id, issue.line_id, issue.severity, issue.rule, issue.message_vi, issue.message_en,
                        issue.sheet, issue.cell, issue.line, issue.raw
                    )::text, 'UTF8')) as hash
                from ops.submission_issue as issue
                where issue.submission_id = verdict.submission_id
            ) as hashed
        )
    ) as content
from ops.submission_verdict as verdict
