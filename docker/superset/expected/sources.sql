select case when is_made_up then 'mô phỏng' else 'báo cáo thật' end, count(*)
from marts.dim_submission
group by is_made_up
