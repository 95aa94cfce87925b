-- rpt_score_ranking.sql: one row per unit and score sheet
select *
from marts.rpt_score_ranking as ranking
where
    %(is_scored)s
    and ranking.programme_code = any(%(programmes)s)
    and ranking.period = any(%(periods)s)
