-- Who was late, and by how many days?
select unit_code, unit_name, agency_name, last_on_time_on, days_late, file_name
from marts.rpt_reporting_status
where programme_code = 'bacninh-2026-2030' and period = '2026' and status = 'late'
order by days_late desc, unit_sort_key
