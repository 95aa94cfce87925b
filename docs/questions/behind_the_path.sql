-- Who is behind on the way to 2030, and in what?
select unit_code, unit_name, indicator_code, value_printed, milestone_printed, target_printed, target_year
from marts.rpt_indicator_progress
where programme_code = 'bacninh-2026-2030' and is_latest_period and milestone_verdict = 'not_met'
order by unit_sort_key, indicator_sort_order
