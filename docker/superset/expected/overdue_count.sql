-- By the list of missing reports, which is made without the front table
select count(*)
from marts.rpt_missing_reports
inner join marts.rpt_reporting_status using (programme_code, period, unit_id, agency_code)
where rpt_reporting_status.is_open
