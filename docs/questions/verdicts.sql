-- How many communes have reached the target of indicator 5.1?
select verdict, verdict_vi, count(*) as communes
from marts.rpt_indicator_progress
where programme_code = 'bacninh-2026-2030' and period = '2026' and indicator_code = '5.1'
    and unit_level = 'commune'
group by verdict, verdict_vi
order by communes desc, verdict
