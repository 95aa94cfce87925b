-- submissions.sql: one row per submission about a unit, with its verdict and how many issues it has
select submission.submission_id, submission.received_at, submission.programme_code, submission.period,
    submission.agency_code, submission.submission_type, submission.form, submission.is_made_up,
    coalesce(submission.file_name, file.file_name) as file_name, verdict.status, verdict.decided_at,
    count(issue.issue_id) filter (where issue.severity = 'critical') as errors,
    count(issue.issue_id) filter (where issue.severity = 'warning') as warnings
from ops.submission_verdict as verdict
join raw.submission as submission on submission.submission_id = verdict.submission_id
join raw.file as file on file.sha256 = submission.sha256
left join ops.submission_issue as issue on issue.submission_id = submission.submission_id
where verdict.decided_at <= %(as_of)s
    and (verdict.unit_id = %(unit_id)s or verdict.unit_id is null and submission.unit_code = %(unit_code)s)
group by submission.submission_id, file.file_name, verdict.status, verdict.decided_at
order by submission.received_at desc, submission.submission_id
