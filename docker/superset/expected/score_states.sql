select programme_code, period, case has_reported when true then 'có' when false then 'không' end,
       case is_final when true then 'có' when false then 'không' end, label.label_vi, count(*)
from marts.rpt_score_ranking
left join marts.dim_code_label as label on label.code_list = 'score_verdict' and label.code = rpt_score_ranking.verdict
group by programme_code, period, has_reported, is_final, label.label_vi
