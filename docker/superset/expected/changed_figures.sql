select programme_code, period, changed_on, unit_name, indicator_code, indicator_name, figure_change_vi, old_value,
       new_value, submission_type_vi, file_name, case when is_made_up then 'mô phỏng' else 'báo cáo thật' end
from marts.rpt_changes
