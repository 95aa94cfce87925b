-- due_receipts.sql: one row per planned receipt that is in no message yet, with its recipient and what its text names
with waiting as (
    select ledger.ledger_id, submission.submission_id, submission.sha256, submission.batch_id,
        coalesce(submission.file_name, file.file_name) as file_name, submission.received_at,
        submission.submission_type, submission.form, submission.programme_code, submission.period,
        submission.agency_code, verdict.status, verdict.accepted_seq, units.unit_level,
        coalesce(units.unit_code, submission.unit_code) as unit_code, verdict.unit_id
    from ops.receipt_ledger as ledger
    join ops.submission_verdict as verdict using (submission_id)
    join raw.submission as submission using (submission_id)
    join raw.file as file using (sha256)
    left join app.org_unit as units on units.unit_id = verdict.unit_id
    where ledger.status = 'planned' and ledger.message_id is null and ledger.planned_at <= %(at)s
), recipients as (
    select unit_code, agency_code, string_agg(distinct email, ', ' order by email) as recipient
    from ops.contact
    where role = 'reporter' and email is not null
    group by 1, 2
)
select waiting.*, recipients.recipient, coalesce(programmes.name_vi, '') as programme_name,
    coalesce(periods.period, '') as known_period,
    coalesce(named.unit_name, bearer.unit_name, waiting.unit_code) as unit_name,
    case when waiting.agency_code <> 'UBND' then coalesce(agencies.name_vi, waiting.agency_code) else '' end
        as agency_name,
    coalesce(office.addressees_vi, '') as addressees, coalesce(office.contact_vi, '') as contact
from waiting
join recipients using (unit_code, agency_code)
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
order by waiting.received_at, waiting.accepted_seq
