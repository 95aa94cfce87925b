-- accepted_report.sql: one row per report that was accepted until then and not withdrawn
-- since, and whether anybody is to send it
-- A report may stand without being owed: a baseline's, a voluntary one, one of a unit that an act
-- excuses. What the schedule does not know is in no figure and fulfils no obligation, although it
-- was accepted.
with
    accepted as (
        select
            submission.programme_code,
            submission.period,
            submission.unit_code,
            verdict.unit_id,
            submission.agency_code,
            min(verdict.decided_at) as accepted_at
        from raw.submission
        inner join
            ops.submission_verdict as verdict
            on verdict.submission_id = submission.submission_id
            and verdict.status <> 'rejected'
            and verdict.decided_at <= %(as_of)s
        group by 1, 2, 3, 4, 5
        having
            max(verdict.accepted_seq) filter (where submission_type <> 'retraction')
            > coalesce(max(verdict.accepted_seq) filter (where submission_type = 'retraction'), 0)
    )

select
    accepted.programme_code,
    accepted.period,
    scheduled.unit_level,
    accepted.unit_code,
    accepted.agency_code,
    accepted.accepted_at,
    scheduled.unit_id is not null as is_scheduled
from accepted
left join
    app.admissible_report as scheduled
    on scheduled.programme_code = accepted.programme_code
    and scheduled.period = accepted.period
    and scheduled.unit_id = accepted.unit_id
    and scheduled.agency_code = accepted.agency_code
