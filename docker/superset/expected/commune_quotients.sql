-- Both sides present, divided once
select programme_code,
       case when indicator_code ~ '^[0-9](\D|$)' then '0' || indicator_code
            when indicator_code ~ '^\D+[0-9](\D|$)'
                then substring(indicator_code from '^\D+') || '0' || substring(indicator_code from '[0-9].*$')
            else indicator_code end as indicator_key,
       indicator_name,
       sum(numerator) filter (where denominator is not null),
       sum(denominator) filter (where numerator is not null),
       sum(numerator) filter (where denominator is not null)
           / nullif(sum(denominator) filter (where numerator is not null), 0)
from marts.rpt_indicator_progress
where unit_level = 'commune' and is_latest_period and measure = 'rate' and unit_of_measure_vi = '%'
group by programme_code, indicator_key, indicator_name
