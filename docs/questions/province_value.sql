-- What is the province's figure, and how many communes are in it?
select indicator_code, numerator, denominator, value, value_printed, unit_of_measure_vi,
       units_reporting, units_expected, coverage_pct, is_provisional
from marts.rpt_indicator_progress
where programme_code = 'bacninh-2026-2030' and period = '2026' and unit_code = '24'
order by indicator_sort_order
