-- received_counts.sql: one row per audience, programme, period and unit that follows its reports, with the reports that
-- were received, by their verdict, and the warnings that nobody confirmed
select follower.audience, outstanding.programme_code, outstanding.period, follower.unit_code,
    count(*) filter (where submission.status = 'accepted') as accepted,
    count(*) filter (where submission.status = 'accepted_with_warnings') as with_warnings,
    count(*) filter (where submission.status = 'rejected') as rejected,
    coalesce(sum(submission.warnings), 0)::integer as unconfirmed
from outstanding
join (
    select verdict.status, verdict.unit_id, arrived.programme_code, arrived.period, arrived.agency_code,
        unconfirmed.warnings
    from ops.submission_verdict as verdict
    join raw.submission as arrived using (submission_id)
    left join unconfirmed using (submission_id)
) as submission using (programme_code, period, unit_id, agency_code)
cross join lateral (
    values ('supervisor', outstanding.supervisor_code), ('owner', outstanding.owner_code)
) as follower (audience, unit_code)
group by 1, 2, 3, 4
