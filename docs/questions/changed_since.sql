-- What has changed since 1 December, and which file changed it?
select unit_code, unit_name, indicator_code, figure_change_vi, old_value, new_value, changed_on, file_name
from marts.rpt_changes
where programme_code = 'bacninh-2026-2030' and changed_on >= date '2026-12-01'
order by changed_at, unit_sort_key, indicator_sort_order
