-- obligations.sql: one row per report that is owed or excused within a unit, of a programme
select obligation.unit_id, obligation.unit_code, named.ancestor_name as unit_name, obligation.agency_code,
    agency.agency_name, obligation.period, obligation.status, obligation.last_on_time_on, obligation.days_late
from marts.fct_report_obligation as obligation
join marts.bridge_org_unit_ancestor as named
    on named.unit_id = obligation.unit_id and named.ancestor_level = obligation.unit_level
left join marts.dim_agency as agency
    on agency.programme_code = obligation.programme_code and agency.agency_code = obligation.agency_code
where obligation.programme_code = %(programme)s and {within}
order by obligation.unit_code, obligation.unit_id, obligation.agency_code
