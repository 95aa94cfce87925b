-- below.sql: one row per report about a unit below another one, of a programme and period
select obligation.unit_id, obligation.unit_code, named.ancestor_name as unit_name, obligation.agency_code,
    obligation.status, obligation.last_on_time_on, obligation.days_late, obligation.lines_required,
    obligation.lines_reported
from marts.fct_report_obligation as obligation
join marts.bridge_org_unit_ancestor as named
    on named.unit_id = obligation.unit_id and named.ancestor_level = obligation.unit_level
where obligation.programme_code = %(programme)s and obligation.period = %(period)s
    and obligation.unit_id = any(%(units)s) and obligation.unit_id <> %(unit_id)s
order by obligation.unit_code, obligation.agency_code
