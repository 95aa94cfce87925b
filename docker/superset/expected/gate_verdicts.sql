select label.label_vi, count(*)
from marts.dim_submission as submission
left join marts.dim_code_label as label on label.code_list = 'gate_status' and label.code = submission.status
group by label.label_vi
