-- fct_reported_value.sql: one row per report with published lines, beside the reports that may be
-- sent
-- What is asked of its lines is the same for all of them.
with
    reported as (
        select
            programme_code,
            period,
            unit_id,
            agency_code,
            submission_id,
            bool_or(known_to < known_from) as has_reversed_times
        from marts.fct_reported_value
        where
            programme_code = any(%(programmes)s)
            and period = any(%(periods)s)
            and (%(units)s::text[] is null or unit_id = any(%(units)s))
        group by 1, 2, 3, 4, 5
    ),

    -- looked up in a hash of them; a join would be planned as if there were one
    admissible as materialized(
        select programme_code, period, unit_id, agency_code
        from app.admissible_report
        where programme_code = any(%(programmes)s) and period = any(%(periods)s)
    )

select
    reported.*,
    (reported.programme_code, reported.period, reported.unit_id, reported.agency_code)
    in (select programme_code, period, unit_id, agency_code from admissible) as is_scheduled,
    units.unit_id is not null as unit_is_known,
    coalesce(verdict.status, 'rejected') <> 'rejected'
    and (request.submission_id is null or approval.decision = 'approved') is true as is_accepted
from reported
left join app.org_unit as units on units.unit_id = reported.unit_id
left join ops.submission_verdict as verdict on verdict.submission_id = reported.submission_id
left join
    ops.approval_request as request
    on request.submission_id = reported.submission_id
    and request.stage = 'counting'
left join
    ops.report_approval as approval
    on approval.submission_id = reported.submission_id
    and approval.stage = 'counting'
