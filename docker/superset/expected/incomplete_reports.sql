select programme_code, period, unit_name, agency_name, lines_required, lines_reported, file_name
from marts.rpt_reporting_status
where submission_id is not null and not is_complete
