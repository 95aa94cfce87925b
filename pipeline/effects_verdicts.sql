-- one row per figure as reported and target beside it, with the verdict
select programme_code, period, unit_code, indicator_code, measure, target_scope, target_year, comparator, target_low,
    target_high, verdict, milestone, milestone_verdict, is_main_target
from fct_target_progress
