select programme_code, period, indicator_code, indicator_name, value_printed, unit_of_measure_vi, milestone_printed,
       milestone_vi, target_printed, target_year, verdict_vi, trend_vi, coverage_pct,
       case when is_made_up then 'mô phỏng' else 'báo cáo thật' end
from marts.rpt_indicator_progress
where unit_level = 'province' and is_latest_period
