-- due_warnings.sql: one row per planned letter about unconfirmed warnings that can go out now, with its recipient and what
-- its text names; who has or gets another reminder on this day hears of them on the next one
select ledger.ledger_id, ledger.stage, unconfirmed.*, programmes.name_vi as programme_name,
    coalesce(named.unit_name, unconfirmed.unit_code) as unit_name, agencies.name_vi as agency_name
from ops.warning_ledger as ledger
join unconfirmed using (submission_id)
join catalogue.programmes using (programme_code)
left join catalogue.agencies
    on agencies.programme_code = unconfirmed.programme_code and agencies.agency_code = unconfirmed.agency_code
left join app.org_unit_name as named on named.unit_id = unconfirmed.unit_id and named.is_latest
where ledger.status = 'planned' and ledger.message_id is null and ledger.planned_at <= %(at)s
    and unconfirmed.recipient is not null and unconfirmed.recipient not in (
        select recipient from ops.message
        where kind in ('digest', 'warning') and channel = 'email' and (
            status = 'queued' or status = 'sent' and (sent_at at time zone 'Asia/Ho_Chi_Minh')::date = %(today)s))
order by unconfirmed.recipient, unconfirmed.programme_code, unconfirmed.period, unit_name, ledger.ledger_id
