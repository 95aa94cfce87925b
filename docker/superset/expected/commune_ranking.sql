select programme_code, indicator_code, rank, unit_name, value_printed, unit_of_measure_vi, verdict_vi,
       case when is_made_up then 'mô phỏng' else 'báo cáo thật' end
from marts.rpt_indicator_ranking
where unit_level = 'commune' and is_latest_period and has_figure
