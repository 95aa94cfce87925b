-- obligations.sql: one row per report that a unit owes of a period that has begun
select obligation.programme_code, obligation.period, obligation.agency_code, agency.agency_name,
    obligation.last_on_time_on, obligation.status, obligation.reason, obligation.days_late,
    obligation.first_received_at, obligation.accepted_at, obligation.lines_required, obligation.lines_reported,
    obligation.is_complete, programme.programme_name
from marts.fct_report_obligation as obligation
join marts.dim_programme as programme on programme.programme_code = obligation.programme_code
join marts.dim_period as period
    on period.programme_code = obligation.programme_code and period.period = obligation.period
left join marts.dim_agency as agency
    on agency.programme_code = obligation.programme_code and agency.agency_code = obligation.agency_code
where obligation.unit_id = %(unit_id)s and period.data_from <= %(today)s
order by period.data_to desc, obligation.programme_code, obligation.agency_code
