-- failed_letters.sql: one row per unit and agency with reminders that failed and were not sent since
select ledger.unit_code, ledger.agency_code, count(*) as alerts, min(ledger.settled_at) as since,
    max(message.last_error) as last_error, max(unit.ancestor_name) as unit_name
from ops.alert_ledger as ledger
join marts.fct_report_obligation as obligation using (programme_code, period, unit_id, agency_code, deadline_revision)
join marts.bridge_org_unit_ancestor as unit
    on unit.unit_id = obligation.unit_id and unit.ancestor_level = obligation.unit_level
join marts.bridge_org_unit_ancestor as province
    on province.unit_id = obligation.unit_id and province.ancestor_level = 'province'
left join ops.message using (message_id)
where ledger.status = 'failed' and ledger.audience = 'reporter' and obligation.is_open
    and obligation.status in ('not_due', 'missing', 'rejected')
    and (%(province)s::text is null or province.ancestor_code = %(province)s)
group by ledger.unit_code, ledger.agency_code
order by ledger.unit_code, ledger.agency_code
