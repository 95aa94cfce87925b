-- compared_report.sql: one row per report that waits (age 0) and per accepted report of the same
-- unit, agency and programme for an earlier period (age 1 is the newest of the last period)
select
    submission_id, submission_id as reported_submission_id, null::text as earlier_period, 0 as age
from pg_temp.checked_submission

union all

select
    report.submission_id,
    accepted.submission_id,
    accepted.period,
    row_number() over (
        partition by report.submission_id order by earlier.data_from desc, verdict.accepted_seq desc
    )
from pg_temp.checked_submission as report
inner join
    app.reporting_period as own
    on own.programme_code = report.programme
    and own.period = report.period
inner join
    app.reporting_period as earlier
    on earlier.programme_code = own.programme_code
    and earlier.data_from < own.data_from
inner join
    ops.accepted_verdict as verdict
    on verdict.unit_id = report.unit_id
inner join
    raw.submission as accepted
    on accepted.submission_id = verdict.submission_id
    and accepted.programme_code = earlier.programme_code
    and accepted.period = earlier.period
    and accepted.agency_code = report.agency
    and accepted.submission_type <> 'retraction'
