-- missing_units.sql: one row per report that should carry an indicator and is not there or leaves it empty
select obligation.unit_id, obligation.unit_code, obligation.unit_level, obligation.agency_code, obligation.status,
    obligation.days_late, named.ancestor_name as unit_name
from marts.fct_report_obligation as obligation
join app.indicator_agency as assigned
    on assigned.programme_code = obligation.programme_code and assigned.agency_code = obligation.agency_code
    and assigned.indicator_code = %(indicator)s
join marts.dim_indicator_measure as measured
    on measured.programme_code = obligation.programme_code and measured.indicator_code = %(indicator)s
    and measured.unit_level = obligation.unit_level
join marts.bridge_org_unit_ancestor as named
    on named.unit_id = obligation.unit_id and named.ancestor_level = obligation.unit_level
join dim_indicator as indicator
    on indicator.programme_code = obligation.programme_code and indicator.indicator_code = %(indicator)s
    and (indicator.plan_unit_code is null or indicator.plan_unit_code = obligation.unit_code)
where obligation.programme_code = %(programme)s and obligation.period = %(period)s and obligation.status <> 'exempt'
    and {of_reports}
    and not exists (
        select from marts.fct_reported_value as reported
        where reported.programme_code = obligation.programme_code and reported.period = obligation.period
            and reported.indicator_code = %(indicator)s and reported.unit_id = obligation.unit_id
            and reported.agency_code = obligation.agency_code and reported.value_status <> 'missing'
            and app.is_valid_as_of(reported.known_from, coalesce(reported.known_to, 'infinity')))
order by obligation.unit_code, obligation.agency_code
