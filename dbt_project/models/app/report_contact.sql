-- report_contact.sql: one row per programme, period and reporter whose report goes to somebody by
-- the plan, with these offices and the office to ask
{{ config(tags=["catalogue"]) }}

select
    recipients.programme_code,
    periods.period,
    recipients.unit_level,
    recipients.agency_code,
    string_agg(
        recipients.recipient_vi || coalesce(' (qua ' || recipients.via_vi || ')', ''),
        '; '
        order by recipients.recipient_no
    ) as addressees_vi,
    string_agg(
        distinct coalesce(recipients.contact_office_vi, recipients.via_vi, recipients.recipient_vi)
        || coalesce(', điện thoại ' || recipients.contact_telephone, ''),
        '; '
    ) filter (
        where recipients.contact_office_vi is not null or recipients.contact_telephone is not null
    ) as contact_vi
from {{ ref("report_recipients") }} as recipients
inner join
    {{ ref("int_periods__with_window") }} as periods
    on periods.programme_code = recipients.programme_code
    and {{ first_day_of("periods.period") }} >= {{ first_day_of("recipients.period_from") }}
    and {{ last_day_of("periods.period") }} <= {{ last_day_of("recipients.period_to") }}
where recipients.role = 'addressee'
group by recipients.programme_code, periods.period, recipients.unit_level, recipients.agency_code
