-- Sums of counts, divided once
select day, programme_code, period, sum(reports_submitted)::numeric / sum(obligations)
from marts.rpt_reporting_rates_daily
where unit_level = 'province'
group by day, programme_code, period
