-- due_approvals.sql: one row per planned letter about an approval that is in no message yet, with its recipient: who
-- approves and has an account, else the contact of that office; of a returned report the contact of its sender, else who
-- handed it in
with waiting as (
    select ledger.ledger_id, ledger.notice, ledger.stage, request.approver, request.due_at, submission.submission_id,
        submission.programme_code, submission.period, submission.agency_code, submission.received_at, verdict.unit_id,
        coalesce(units.unit_code, submission.unit_code) as unit_code, provinces.unit_code as province_code,
        approval.reason
    from ops.approval_ledger as ledger
    join ops.approval_request as request using (submission_id, stage)
    join ops.submission_verdict as verdict using (submission_id)
    join raw.submission as submission using (submission_id)
    left join ops.report_approval as approval using (submission_id, stage)
    left join app.org_unit as units on units.unit_id = verdict.unit_id
    left join app.org_unit as provinces on provinces.unit_id = units.current_province_id
    where ledger.status = 'planned' and ledger.message_id is null and ledger.planned_at <= %(at)s
)
select waiting.*, programmes.name_vi as programme_name,
    coalesce(named.unit_name, waiting.unit_code) as unit_name, coalesce(first.recipient, second.recipient) as recipient
from waiting
join catalogue.programmes using (programme_code)
left join app.org_unit_name as named on named.unit_id = waiting.unit_id and named.is_latest
left join lateral (
    select string_agg(distinct account.email, ', ' order by account.email) as recipient
    from ops.account
    left join app.org_unit as own on own.unit_id = account.unit_id
    left join app.org_unit as own_province on own_province.unit_id = own.current_province_id
    where account.disabled_at is null and case
        when waiting.notice = 'returned' then account.account_id = (
            select origin.account_id from ops.submission_origin as origin
            where origin.submission_id = waiting.submission_id)
        when waiting.approver = 'unit' then account.role = 'approves' and account.unit_id = waiting.unit_id
            and account.agency_code = waiting.agency_code
        else account.role = 'province' and account.unit_id = own.current_province_id
            and own_province.unit_code = waiting.province_code end) as accounts on true
left join lateral (
    select string_agg(distinct contact.email, ', ' order by contact.email) as recipient
    from ops.contact
    where contact.email is not null and case
        when waiting.notice = 'returned' or waiting.approver = 'unit' then contact.role = 'reporter'
            and contact.unit_code = waiting.unit_code and contact.agency_code = waiting.agency_code
        else contact.role = 'supervisor' and contact.unit_code = waiting.province_code end) as contacts on true
cross join lateral (
    select case when waiting.notice = 'returned' then contacts.recipient else accounts.recipient end) as first (recipient)
cross join lateral (
    select case when waiting.notice = 'returned' then accounts.recipient else contacts.recipient end) as second (recipient)
where coalesce(first.recipient, second.recipient) is not null
order by recipient, waiting.programme_code, waiting.period, unit_name, waiting.ledger_id
