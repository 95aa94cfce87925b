-- unclaimed.sql: one row per returned report of which nobody can tell the unit, and that no later one took the place of
-- A province sees those with a code that one of its units has; what names none is the operators'.
select coalesce(submission.file_name, file.file_name) as file_name, submission.unit_code, submission.programme_code,
    submission.period, submission.received_at, issue.message_vi, issue.message_en
from raw.submission as submission
join raw.file as file using (sha256)
join ops.submission_verdict as verdict using (submission_id)
left join lateral (
    select found.message_vi, found.message_en from ops.submission_issue as found
    where found.submission_id = submission.submission_id and found.severity = 'critical'
    order by found.issue_id limit 1) as issue on true
where verdict.status = 'rejected' and verdict.unit_id is null
    and not exists (
        select from raw.submission as later
        where later.unit_code = submission.unit_code and later.programme_code = submission.programme_code
            and later.period = submission.period and later.agency_code = submission.agency_code
            and later.received_at > submission.received_at)
    and (%(province)s::text is null or exists (
        select from app.org_unit as unit
        join app.org_unit as province on province.unit_id = unit.current_province_id
        where unit.unit_code = submission.unit_code and province.unit_code = %(province)s))
order by submission.received_at desc, submission.submission_id
