-- returned.sql: one row per report whose newest submission was returned, with its first error and the number of errors
select distinct on (submission.programme_code, submission.period, verdict.unit_id, submission.agency_code)
    submission.programme_code, submission.period, verdict.unit_id, submission.agency_code, submission.sheet,
    submission.received_at, coalesce(submission.file_name, file.file_name) as file_name,
    first.rule, first.message_vi, first.message_en, first.sheet as error_sheet, first.cell, first.line, first.errors
from raw.submission as submission
join raw.file as file on file.sha256 = submission.sha256
join ops.submission_verdict as verdict on verdict.submission_id = submission.submission_id
left join lateral (
    select rule, message_vi, message_en, issue.sheet, issue.cell, issue.line, count(*) over () as errors
    from ops.submission_issue as issue
    where issue.submission_id = submission.submission_id and issue.severity = 'critical'
    order by issue.issue_id limit 1) as first on true
where verdict.status = 'rejected' and verdict.decided_at <= %(as_of)s and verdict.unit_id = any(%(units)s)
order by submission.programme_code, submission.period, verdict.unit_id, submission.agency_code,
    verdict.accepted_seq desc
