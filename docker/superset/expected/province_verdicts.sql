select verdict_vi, count(*)
from marts.rpt_indicator_progress
where unit_level = 'province' and is_latest_period and is_main_target
group by verdict_vi
