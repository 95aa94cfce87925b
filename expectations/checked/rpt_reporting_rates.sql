-- rpt_reporting_rates.sql: one row per programme, period and unit that owes or holds units that do
select rates.*, null::text as agency_code
from marts.rpt_reporting_rates as rates
where rates.programme_code = any(%(programmes)s) and rates.period = any(%(periods)s)
