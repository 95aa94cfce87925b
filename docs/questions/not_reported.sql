-- Which communes have not reported indicator 5.1 for 2026?
select unit_code, unit_name
from marts.rpt_indicator_progress
where programme_code = 'bacninh-2026-2030' and period = '2026' and indicator_code = '5.1'
    and unit_level = 'commune' and not has_figure
order by unit_sort_key
