-- reports.sql: one row per report of an open period that is due soon, was returned before its deadline, waits for its
-- approval before it, or is exempt
select obligation.programme_code, obligation.period, obligation.unit_id, obligation.unit_code, obligation.unit_level,
    obligation.agency_code, obligation.last_on_time_on, obligation.deadline_at, obligation.status, obligation.reason,
    programme.programme_name, unit.ancestor_name as unit_name, province.ancestor_code as province_code,
    province.ancestor_name as province_name
from marts.fct_report_obligation as obligation
join marts.dim_programme as programme on programme.programme_code = obligation.programme_code
join marts.dim_period as period
    on period.programme_code = obligation.programme_code and period.period = obligation.period
join marts.bridge_org_unit_ancestor as unit
    on unit.unit_id = obligation.unit_id and unit.ancestor_level = obligation.unit_level
join marts.bridge_org_unit_ancestor as province
    on province.unit_id = obligation.unit_id and province.ancestor_level = 'province'
where obligation.is_open and not obligation.is_overdue and (
        obligation.status in ('not_due', 'rejected') and obligation.deadline_at <= %(until)s
        or obligation.status = 'awaiting_approval'
        or obligation.status = 'exempt' and period.data_from <= %(today)s)
    and {conditions}
order by obligation.deadline_at, obligation.programme_code, obligation.period, obligation.unit_code,
    obligation.agency_code
