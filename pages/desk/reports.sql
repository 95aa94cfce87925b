-- reports.sql: one row per report that a unit and agency may send of a period that has begun, with its newest verdict,
-- its newest report that counts, and what waits for an approval or was returned by the approver; all of now, not of the
-- last build
select expected.programme_code, programmes.name_vi as programme_name, expected.period, expected.form, expected.is_owed,
    expected.feeds_rollup, expected.reason, expected.deadline_at, expected.deadline_phrase_vi, period.kind,
    newest.status, newest.submission_type, newest.received_at,
    accepted.submission_type as accepted_type, accepted.received_at as accepted_received_at,
    waiting.due_at as approval_due_at, coalesce(waiting.is_waiting, false) as is_awaiting_approval,
    returned.reason as returned_reason, coalesce(returned.is_newest, false) as is_returned_by_approver
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
    select version.submission_type, version.received_at
    from ops.report_version as version
    where version.programme_code = expected.programme_code and version.period = expected.period
        and version.unit_code = expected.unit_code and version.agency_code = expected.agency_code
        and version.unit_id = expected.unit_id and version.is_counted
    order by version.accepted_seq desc limit 1) as accepted on true
left join lateral (
    select true as is_waiting, version.due_at
    from ops.awaiting_approval as version
    where version.programme_code = expected.programme_code and version.period = expected.period
        and version.agency_code = expected.agency_code and version.unit_id = expected.unit_id
        and version.stage = 'counting'
    order by version.accepted_seq desc limit 1) as waiting on true
left join lateral (
    select approval.reason, approval.decision = 'returned' as is_newest
    from ops.report_version as version
    left join ops.report_approval as approval
        on approval.submission_id = version.submission_id and approval.stage = 'counting'
    where version.programme_code = expected.programme_code and version.period = expected.period
        and version.agency_code = expected.agency_code and version.unit_id = expected.unit_id
    order by version.accepted_seq desc limit 1) as returned on true
where expected.unit_id = %(unit_id)s and expected.agency_code = %(agency)s and period.data_from <= %(today)s
order by expected.deadline_at desc nulls last, period.data_to desc, expected.programme_code
