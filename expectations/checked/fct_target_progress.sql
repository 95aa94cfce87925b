-- fct_target_progress.sql: one row per figure of a district or province and target beside it, of
-- the provinces in which a report changed
-- Only there do trends lead anywhere, and the history behind one unit is short to read.
select
    progress.programme_code,
    progress.indicator_code,
    progress.period,
    progress.unit_id,
    progress.measure,
    progress.target_scope,
    progress.target_year,
    progress.milestone,
    progress.milestone_basis,
    progress.verdict,
    progress.trend_class,
    progress.acceleration,
    case when progress.measure <> 'count' then indicators.hard_min else 0 end as hard_min,
    case when progress.measure <> 'count' then indicators.hard_max end as hard_max
from marts.fct_target_progress as progress
inner join
    catalogue.indicators
    on indicators.programme_code = progress.programme_code
    and indicators.indicator_code = progress.indicator_code
where
    progress.programme_code = any(%(programmes)s)
    and progress.period = any(%(periods)s)
    and progress.unit_id = any(%(units_with_trends)s)
