select programme_code, period, unit_name, unit_level_vi, province_name, agency_name, status_vi, last_on_time_on,
       days_late, case has_contact when true then 'có' when false then 'không' end
from marts.rpt_reporting_status
where is_overdue and is_open
