-- one row per report that is owed or excused
select programme_code, period, unit_code, agency_code, deadline_at, status, lines_required, is_open
from marts.fct_report_obligation
