-- Which figures have a count from 1 to 4 that could identify a child? They must not leave the administration.
select unit_code, unit_name, indicator_code, numerator
from marts.rpt_indicator_progress
where programme_code = 'bacninh-2026-2030' and period = '2026' and is_sensitive and numerator between 1 and 4
order by indicator_sort_order, unit_sort_key
