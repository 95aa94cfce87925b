select obligation.period, label.label_vi, count(*)
from marts.fct_report_obligation as obligation
inner join marts.dim_code_label as label on label.code_list = 'report_status' and label.code = obligation.status
group by obligation.period, label.label_vi
