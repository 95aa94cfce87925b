-- due_report.sql: one row per report whose deadline has passed and that is still to be reported,
-- beside the rates of its programme, period and level and the least that each may be
-- Left out: what is exempt, has no date, or is not open any more. Baseline and voluntary reports
-- are no obligations at all.
with
    due as (
        select *
        from marts.fct_report_obligation
        where is_open and status <> 'exempt' and deadline_at <= %(as_of)s
    ),

    rated as (
        select
            *,
            count(*) over level as reports_due,
            count(first_received_at) over level as reports_submitted,
            count(*) filter (where status = 'on_time') over level as reports_on_time,
            count(fulfilled_at) over level as reports_accepted,
            count(*) filter (where is_complete) over level as reports_complete
        from due
        window level as (partition by programme_code, period, unit_level)
    ),

    -- a level without a minimum of its own has the one of every level
    minima as (
        select
            programme_code,
            unit_level,
            max(minimum_pct) filter (where rate = 'submitted') as submitted_minimum,
            max(minimum_pct) filter (where rate = 'on_time') as on_time_minimum,
            max(minimum_pct) filter (where rate = 'accepted') as accepted_minimum,
            max(minimum_pct) filter (where rate = 'complete') as complete_minimum
        from catalogue.reporting_thresholds
        group by 1, 2
    )

select
    rated.programme_code,
    rated.period,
    rated.unit_level,
    rated.unit_code,
    rated.agency_code,
    rated.last_on_time_on,
    rated.status,
    rated.is_overdue,
    rated.first_received_at is not null as is_submitted,
    rated.status = 'on_time' as is_on_time,
    rated.fulfilled_at is not null as is_accepted,
    rated.is_complete,
    rated.lines_required,
    rated.lines_reported,
    rated.reports_due,
    rated.reports_submitted,
    rated.reports_on_time,
    rated.reports_accepted,
    rated.reports_complete,
    coalesce(own.submitted_minimum, every.submitted_minimum) as submitted_minimum,
    coalesce(own.on_time_minimum, every.on_time_minimum) as on_time_minimum,
    coalesce(own.accepted_minimum, every.accepted_minimum) as accepted_minimum,
    coalesce(own.complete_minimum, every.complete_minimum) as complete_minimum
from rated
left join
    minima as own on own.programme_code = rated.programme_code and own.unit_level = rated.unit_level
left join
    minima as every on every.programme_code = rated.programme_code and every.unit_level is null
