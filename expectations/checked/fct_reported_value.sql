-- fct_reported_value.sql: one row per published line of a report, beside the schedule
select
    told.programme_code,
    told.indicator_code,
    told.period,
    told.unit_id,
    told.agency_code,
    told.known_from,
    told.known_to,
    scheduled.unit_id is not null as is_scheduled,
    units.unit_id is not null as unit_is_known,
    coalesce(verdict.status, 'rejected') <> 'rejected' as is_accepted
from marts.fct_reported_value as told
left join
    app.expected_report as scheduled
    on scheduled.programme_code = told.programme_code
    and scheduled.period = told.period
    -- by the code, as in the schedule's index: else a national period compares all with all
    and scheduled.unit_code = told.unit_code
    and scheduled.unit_id = told.unit_id
    and scheduled.agency_code = told.agency_code
left join app.org_unit as units on units.unit_id = told.unit_id
left join ops.submission_verdict as verdict on verdict.submission_id = told.submission_id
where told.programme_code = any(%(programmes)s) and told.period = any(%(periods)s)
