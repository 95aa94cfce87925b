-- unconfirmed.sql: one row per report with warnings in force that nobody confirmed, with whom to write to: the contact of
-- who reports, else the account that handed it in
create temporary table unconfirmed on commit preserve rows as
select report.submission_id, report.programme_code, report.period, report.unit_id,
    coalesce(units.unit_code, report.unit_code) as unit_code, report.agency_code, report.warnings, report.indicators,
    (report.counted_from at time zone 'Asia/Ho_Chi_Minh')::date as counted_from_on,
    coalesce(contacts.recipient, sender.email) as recipient
from ops.unconfirmed_report as report
left join app.org_unit as units on units.unit_id = report.unit_id
left join lateral (
    select string_agg(distinct contact.email, ', ' order by contact.email) as recipient
    from ops.contact
    where contact.role = 'reporter' and contact.unit_code = coalesce(units.unit_code, report.unit_code)
        and contact.agency_code = report.agency_code) as contacts on true
left join (
    select origin.submission_id, account.email
    from ops.submission_origin as origin
    join ops.account as account using (account_id)
    where account.disabled_at is null) as sender on sender.submission_id = report.submission_id
