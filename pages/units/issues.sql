-- issues.sql: one row per issue of some submissions, with its file, sheet and cell
select issue.submission_id, coalesce(submission.file_name, file.file_name) as file_name, submission.received_at,
    issue.sheet, issue.cell, issue.line, issue.raw, issue.severity, issue.rule, issue.message_vi, issue.message_en
from ops.submission_issue as issue
join raw.submission as submission on submission.submission_id = issue.submission_id
join raw.file as file on file.sha256 = submission.sha256
where issue.submission_id = any(%(submissions)s)
order by submission.received_at desc, issue.submission_id, issue.severity, issue.issue_id
