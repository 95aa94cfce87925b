select programme_code, period, unit_level_vi, unit_name, indicator_code, indicator_name, value_printed,
       milestone_printed, target_printed, target_year, case when is_made_up then 'mô phỏng' else 'báo cáo thật' end
from marts.rpt_indicator_progress
where is_latest_period and unit_level in ('commune', 'province') and milestone_verdict = 'not_met'
order by unit_sort_key, indicator_sort_order
