-- due_account_changes.sql: one row per planned letter about a change of an account that is in no message yet, by account
-- and time, with who looks after the account: the province of a unit below it, nobody's name where the operator does
select ledger.ledger_id, event.kind, event.happened_at, event.address, account.email,
    case when account.role in ('reports', 'approves') then provinces.unit_name end as above_name
from ops.account_ledger as ledger
join ops.account_event as event using (event_id)
join ops.account as account using (account_id)
left join app.org_unit as units on units.unit_id = account.unit_id
left join app.org_unit_name as provinces on provinces.unit_id = units.current_province_id and provinces.is_latest
where ledger.status = 'planned' and ledger.message_id is null and ledger.planned_at <= %(at)s
order by account.email, event.event_id
