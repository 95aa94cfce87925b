-- 3.1 stands as 03.1, so that it comes before 11.2
select case
           when indicator_code ~ '^[0-9](\D|$)' then '0' || indicator_code
           when indicator_code ~ '^\D+[0-9](\D|$)'
               then substring(indicator_code from '^\D+') || '0' || substring(indicator_code from '[0-9].*$')
           else indicator_code
       end as indicator_key,
       verdict_vi, count(*)
from marts.rpt_indicator_progress
where unit_level = 'commune' and is_latest_period and is_main_target
group by indicator_key, verdict_vi
