select programme_code, period, unit_code, obligations, reports_submitted, submitted_pct, on_time_pct, accepted_pct,
       complete_pct
from marts.rpt_reporting_rates
where unit_level = 'province' and reports_submitted > 0
