select programme_code, period, rank, unit_name, case has_reported when true then 'có' when false then 'không' end,
       points_before_deductions, deductions, total_points, open_points,
       case is_final when true then 'có' when false then 'không' end,
       (select label_vi from marts.dim_code_label where code_list = 'score_verdict' and code = verdict),
       case when is_made_up then 'mô phỏng' else 'báo cáo thật' end
from marts.rpt_score_ranking
