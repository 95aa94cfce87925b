-- effects.sql: what another last day does to the reports whose deadline it is, as of now
with affected as (
    select obligation.*, coalesce(obligation.fulfilled_at, %(now)s) < %(deadline_at)s as is_in_time
    from marts.fct_report_obligation as obligation
    where obligation.programme_code = %(programme)s and obligation.period = %(period)s
        and obligation.unit_level = %(level)s and obligation.agency_code = %(agency)s
        and obligation.status <> 'exempt'
        and case when %(unit)s::text is not null then obligation.unit_code = %(unit)s else not exists (
            select from marts.dim_deadline as own
            where own.programme_code = obligation.programme_code and own.period = obligation.period
                and own.unit_level = obligation.unit_level and own.agency_code = obligation.agency_code
                and own.unit_code = obligation.unit_code) end
), letters as (
    select count(distinct ledger.message_id) filter (where ledger.status = 'sent') as sent,
        count(*) filter (where ledger.status in ('planned', 'no_contact')) as open
    from ops.alert_ledger as ledger
    join affected using (programme_code, period, unit_id, agency_code)
)
select count(*) as units,
    count(*) filter (where is_overdue and is_in_time) as no_longer_overdue,
    count(*) filter (where not is_overdue and fulfilled_at is null and not is_in_time) as newly_overdue,
    count(*) filter (where status = 'late' and is_in_time) as newly_in_time,
    count(*) filter (where status = 'on_time' and not is_in_time) as newly_late,
    (select sent from letters) as letters_sent, (select open from letters) as letters_open,
    exists (
        select from ops.period_closing as closing
        where closing.programme_code = %(programme)s and closing.period = %(period)s) as is_closed
from affected
