select unit_name, programme_code, period, total_points
from marts.rpt_score_ranking
where total_points is not null
