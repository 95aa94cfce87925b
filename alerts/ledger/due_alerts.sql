-- due_alerts.sql: one row per planned alert that can go out now, with its recipient and what its text names
with waiting as (
    select ledger.ledger_id, ledger.stage, ledger.audience, ledger.channel, outstanding.*,
        case ledger.audience when 'reporter' then outstanding.unit_code when 'supervisor' then outstanding.supervisor_code
            else outstanding.owner_code end as addressed_code
    from ops.alert_ledger as ledger
    join outstanding using (programme_code, period, unit_id, agency_code, deadline_revision)
    where ledger.status = 'planned' and ledger.message_id is null and ledger.planned_at <= %(at)s
), recipients as (
    select contact.unit_code, contact.agency_code, contact.role, channel.name as channel,
        string_agg(distinct channel.address, channel.glue order by channel.address) as recipient
    from ops.contact
    cross join lateral (
        values ('email', contact.email, ', '), ('webhook', contact.webhook, ' ')) as channel (name, address, glue)
    where channel.address is not null
    group by 1, 2, 3, 4, channel.glue
), addressed as (
    select unit_code, unit_name from app.org_unit_code where resolve_to = 'infinity'
)
select waiting.*, programmes.name_vi as programme_name, named.unit_name, agencies.name_vi as agency_name,
    coalesce(addressed.unit_name, beyond.name_vi) as addressed_name, above.unit_name as above_name,
    chosen.recipient, office.addressees_vi, office.contact_vi
from waiting
join catalogue.programmes using (programme_code)
left join catalogue.agencies
    on agencies.programme_code = waiting.programme_code and agencies.agency_code = waiting.agency_code
left join catalogue.agencies as beyond
    on beyond.programme_code = waiting.programme_code and beyond.agency_code = waiting.addressed_code
left join recipients
    on recipients.channel = waiting.channel and recipients.role = waiting.audience
    and recipients.unit_code = waiting.addressed_code
    and recipients.agency_code = case waiting.audience when 'reporter' then waiting.agency_code else 'UBND' end
left join app.report_contact as office
    on waiting.audience = 'reporter'
    and (office.programme_code, office.period, office.unit_level, office.agency_code)
        = (waiting.programme_code, waiting.period, waiting.unit_level, waiting.agency_code)
left join app.org_unit_name as named on named.unit_id = waiting.unit_id and named.is_latest
left join addressed on addressed.unit_code = waiting.addressed_code
left join addressed as above on above.unit_code = waiting.supervisor_code
cross join lateral (
    select coalesce(recipients.recipient,
        case when waiting.channel = 'webhook' and waiting.audience = 'owner' then %(webhook_url)s end)
) as chosen (recipient)
-- nobody to write to: a contact that went since the rows were matched
-- told today: `not in` is answered by one look at the messages, whatever the planner thinks of their number
where chosen.recipient is not null and (waiting.channel, chosen.recipient) not in (
    select channel, recipient from ops.message
    where kind in ('digest', 'warning') and (
        status = 'queued' or status = 'sent' and (sent_at at time zone 'Asia/Ho_Chi_Minh')::date = %(today)s))
order by waiting.deadline_at, waiting.programme_code, waiting.period, waiting.unit_code, waiting.agency_code
