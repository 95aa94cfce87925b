-- due_receipts.sql: one row per planned receipt that is in no message yet, with its recipient and what its text names
with waiting as (
    select ledger.ledger_id, submission.submission_id, submission.sha256, submission.batch_id,
        coalesce(submission.file_name, file.file_name) as file_name, submission.received_at,
        submission.submission_type, submission.form, submission.programme_code, submission.period,
        submission.agency_code, verdict.status, verdict.accepted_seq, units.unit_level,
        coalesce(units.unit_code, submission.unit_code) as unit_code, verdict.unit_id,
        exists (select from ops.approval_request as request
            where request.submission_id = submission.submission_id and request.stage = 'counting') as needs_approval
    from ops.receipt_ledger as ledger
    join ops.submission_verdict as verdict using (submission_id)
    join raw.submission as submission using (submission_id)
    join raw.file as file using (sha256)
    left join app.org_unit as units on units.unit_id = verdict.unit_id
    where ledger.status = 'planned' and ledger.message_id is null and ledger.planned_at <= %(at)s
)
select waiting.*, recipients.recipient, mail.message_id as in_reply_to, mail.thread, coalesce(programmes.name_vi, '') as programme_name,
    coalesce(periods.period, '') as known_period,
    coalesce(named.unit_name, bearer.unit_name, waiting.unit_code) as unit_name,
    case when waiting.agency_code <> 'UBND' then coalesce(agencies.name_vi, waiting.agency_code) else '' end
        as agency_name,
    coalesce(office.addressees_vi, '') as addressees, coalesce(office.contact_vi, '') as contact
from waiting
left join ops.submission_origin as origin using (submission_id)
left join ops.received_mail as mail using (mail_no)
cross join lateral (
    select string_agg(distinct known.email, ', ' order by known.email) as recipient
    from (
        select case when lower(contact.email) = mail.sender then mail.sender else contact.email end as email
        from ops.contact
        where contact.role = 'reporter' and contact.unit_code = waiting.unit_code
            and contact.agency_code = waiting.agency_code
        union
        select mail.sender where mail.sender <> ''
    ) as known
) as recipients
left join catalogue.programmes using (programme_code)
left join app.reporting_period as periods
    on periods.programme_code = waiting.programme_code and periods.period = waiting.period
left join catalogue.agencies
    on agencies.programme_code = waiting.programme_code and agencies.agency_code = waiting.agency_code
left join app.org_unit_name as named on named.unit_id = waiting.unit_id and named.is_latest
left join app.org_unit_code as bearer
    on waiting.unit_id is null and bearer.unit_code = waiting.unit_code and bearer.resolve_to = 'infinity'
left join app.report_contact as office
    on (office.programme_code, office.period, office.unit_level, office.agency_code)
        = (waiting.programme_code, waiting.period, coalesce(waiting.unit_level, bearer.unit_level),
            waiting.agency_code)
where recipients.recipient is not null
order by waiting.received_at, waiting.accepted_seq
