-- exemptions.sql: one row per exempt report of a province's units, or of all, as of the session's time
select obligation.programme_code, programme.name_vi, obligation.period, obligation.unit_level, obligation.agency_code,
    obligation.unit_code, unit.ancestor_name as unit_name, substr(obligation.reason, length('exempt by ') + 1) as act
from marts.fct_report_obligation as obligation
join catalogue.programmes as programme using (programme_code)
join marts.bridge_org_unit_ancestor as unit
    on unit.unit_id = obligation.unit_id and unit.ancestor_level = obligation.unit_level
join marts.bridge_org_unit_ancestor as province
    on province.unit_id = obligation.unit_id and province.ancestor_level = 'province'
where obligation.status = 'exempt' and (%(province)s::text is null or province.ancestor_code = %(province)s)
order by obligation.programme_code, obligation.period desc, obligation.unit_code, obligation.agency_code
