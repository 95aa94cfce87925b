-- without_contact.sql: one row per unit and agency with outstanding reports of open periods and nobody to remind
select obligation.unit_code, obligation.agency_code, max(unit.ancestor_name) as unit_name, count(*) as reports,
    min(obligation.last_on_time_on) as next_on,
    (select min(ledger.planned_at) from ops.alert_ledger as ledger
     where ledger.unit_code = obligation.unit_code and ledger.agency_code = obligation.agency_code
        and ledger.audience = 'reporter' and ledger.status = 'no_contact') as since
from marts.fct_report_obligation as obligation
join marts.dim_period as period using (programme_code, period)
join marts.bridge_org_unit_ancestor as unit
    on unit.unit_id = obligation.unit_id and unit.ancestor_level = obligation.unit_level
join marts.bridge_org_unit_ancestor as province
    on province.unit_id = obligation.unit_id and province.ancestor_level = 'province'
where obligation.is_open and obligation.status in ('not_due', 'missing', 'rejected')
    and period.data_from <= current_date
    and (%(province)s::text is null or province.ancestor_code = %(province)s)
    and not exists (
        select from ops.contact
        where contact.unit_code = obligation.unit_code and contact.agency_code = obligation.agency_code
            and contact.role = 'reporter')
group by obligation.unit_code, obligation.agency_code
order by obligation.unit_code, obligation.agency_code
