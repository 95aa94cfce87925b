-- The communes by their rank in indicator 5.1; those without a figure come last and have no rank
select rank, units_ranked, unit_code, unit_name, value_printed
from marts.rpt_indicator_ranking
where programme_code = 'bacninh-2026-2030' and period = '2026' and indicator_code = '5.1'
order by rank, unit_sort_key
