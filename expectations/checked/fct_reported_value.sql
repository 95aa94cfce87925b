-- fct_reported_value.sql: one row per published line of a report, beside the reports that may be sent
with
    -- looked up in a hash of them; a join would be planned as if there were one
    admissible as materialized(
        select programme_code, period, unit_id, agency_code
        from app.admissible_report
        where programme_code = any(%(programmes)s) and period = any(%(periods)s)
    )

select
    reported.programme_code,
    reported.indicator_code,
    reported.period,
    reported.unit_id,
    reported.agency_code,
    reported.known_from,
    reported.known_to,
    (reported.programme_code, reported.period, reported.unit_id, reported.agency_code)
    in (select programme_code, period, unit_id, agency_code from admissible) as is_scheduled,
    units.unit_id is not null as unit_is_known,
    coalesce(verdict.status, 'rejected') <> 'rejected' as is_accepted
from marts.fct_reported_value as reported
left join app.org_unit as units on units.unit_id = reported.unit_id
left join ops.submission_verdict as verdict on verdict.submission_id = reported.submission_id
where reported.programme_code = any(%(programmes)s) and reported.period = any(%(periods)s)
