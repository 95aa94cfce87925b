-- 2025 against 2026: the figures of one commune
select indicator_code, indicator_name,
       max(value) filter (where period = '2025') as value_2025,
       max(value) filter (where period = '2026') as value_2026
from marts.rpt_indicator_progress
where programme_code = 'bacninh-2026-2030' and period in ('2025', '2026') and unit_code = '07210'
group by indicator_code, indicator_name, indicator_sort_order
order by indicator_sort_order
