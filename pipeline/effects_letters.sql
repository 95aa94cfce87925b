-- one row per reminder that will be due of a report that is still to come
select owed.programme_code, owed.period, owed.unit_code, owed.agency_code, stage.stage, stage.audience, stage.fires_on
from marts.fct_report_obligation as owed
join app.alert_stage as stage using (programme_code, last_on_time_on)
where owed.is_open and owed.status in ('not_due', 'rejected', 'missing')
    and stage.fires_on >= (app.values_as_of() at time zone 'Asia/Ho_Chi_Minh')::date
