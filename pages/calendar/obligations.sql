-- obligations.sql: one row per report that is owed or excused below a unit, of a programme
select obligation.unit_id, obligation.unit_code, named.ancestor_name as unit_name, obligation.agency_code,
    agency.agency_name, obligation.period, obligation.status, obligation.last_on_time_on, obligation.days_late
from marts.fct_report_obligation as obligation
join marts.bridge_org_unit_ancestor as above
    on above.unit_id = obligation.unit_id and above.ancestor_code = %(unit)s
join marts.bridge_org_unit_ancestor as named
    on named.unit_id = obligation.unit_id and named.ancestor_level = obligation.unit_level
left join marts.dim_agency as agency
    on agency.programme_code = obligation.programme_code and agency.agency_code = obligation.agency_code
where obligation.programme_code = %(programme)s
order by obligation.unit_code, obligation.unit_id, obligation.agency_code
