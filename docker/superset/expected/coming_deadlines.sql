select programme_code, period, unit_level_vi, last_on_time_on, days_left, count(*)
from marts.rpt_reporting_status
where is_open and status = 'not_due'
group by programme_code, period, unit_level_vi, last_on_time_on, days_left
