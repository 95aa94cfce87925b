-- The districts of An Giang in 2022, which have ended since: the map of that time
select unit_code, unit_name, value_printed, target_printed, verdict_vi
from marts.rpt_indicator_progress_as_reported
where programme_code = 'angiang-emulation-2022' and period = '2022' and indicator_code = 'CT1'
    and unit_level = 'district'
order by unit_sort_key
