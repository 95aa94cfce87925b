-- reports.sql: one row per report that a unit and agency may send of a period that has begun, with its newest verdict
-- and its newest accepted report; both are of now, not of the last build
select expected.programme_code, programmes.name_vi as programme_name, expected.period, expected.form, expected.is_owed,
    expected.feeds_rollup, expected.reason, expected.deadline_at, expected.deadline_phrase_vi, period.kind,
    newest.status, newest.submission_type, newest.received_at,
    accepted.submission_type as accepted_type, accepted.received_at as accepted_received_at
from app.expected_report as expected
join catalogue.programmes as programmes using (programme_code)
join app.reporting_period as period using (programme_code, period)
left join lateral (
    select verdict.status, submission.submission_type, submission.received_at
    from raw.submission as submission
    join ops.submission_verdict as verdict using (submission_id)
    where submission.programme_code = expected.programme_code and submission.period = expected.period
        and submission.unit_code = expected.unit_code and submission.agency_code = expected.agency_code
        and coalesce(verdict.unit_id, expected.unit_id) = expected.unit_id
    order by verdict.accepted_seq desc limit 1) as newest on true
left join lateral (
    select submission.submission_type, submission.received_at
    from raw.submission as submission
    join ops.submission_verdict as verdict using (submission_id)
    where submission.programme_code = expected.programme_code and submission.period = expected.period
        and submission.unit_code = expected.unit_code and submission.agency_code = expected.agency_code
        and verdict.unit_id = expected.unit_id and verdict.status <> 'rejected'
    order by verdict.accepted_seq desc limit 1) as accepted on true
where expected.unit_id = %(unit_id)s and expected.agency_code = %(agency)s and period.data_from <= %(today)s
order by expected.deadline_at desc nulls last, period.data_to desc, expected.programme_code
