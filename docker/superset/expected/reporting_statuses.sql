select status_vi, count(*)
from marts.rpt_reporting_status
where is_latest_period
group by status_vi
