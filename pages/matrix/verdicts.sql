-- verdicts.sql: one row per figure of a programme and period that has a main target, with its verdict; read alone,
-- because the planner joins it with the figures one by one
select unit_id, indicator_code, measure, verdict, is_exceeded, target_year, comparator, target_low, target_high,
    milestone
from fct_target_progress
where unit_code = any(%(codes)s) and programme_code = %(programme)s and period = %(period)s and unit_level in ('district', 'commune')
    and is_main_target
