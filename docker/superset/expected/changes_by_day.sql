select changed_on, figure_change_vi, count(*)
from marts.rpt_changes
group by changed_on, figure_change_vi
