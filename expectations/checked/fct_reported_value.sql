-- fct_reported_value.sql: one row per published line of a report, beside the schedule
select
    reported.programme_code,
    reported.indicator_code,
    reported.period,
    reported.unit_id,
    reported.agency_code,
    reported.known_from,
    reported.known_to,
    scheduled.unit_id is not null as is_scheduled,
    units.unit_id is not null as unit_is_known,
    coalesce(verdict.status, 'rejected') <> 'rejected' as is_accepted
from marts.fct_reported_value as reported
left join
    app.expected_report as scheduled
    on scheduled.programme_code = reported.programme_code
    and scheduled.period = reported.period
    -- by the code, as in the schedule's index: else a national period compares all with all
    and scheduled.unit_code = reported.unit_code
    and scheduled.unit_id = reported.unit_id
    and scheduled.agency_code = reported.agency_code
left join app.org_unit as units on units.unit_id = reported.unit_id
left join ops.submission_verdict as verdict on verdict.submission_id = reported.submission_id
where reported.programme_code = any(%(programmes)s) and reported.period = any(%(periods)s)
