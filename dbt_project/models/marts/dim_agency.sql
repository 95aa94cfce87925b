-- dim_agency.sql: one row per programme and agency that reports in or about a unit
with agencies as (select * from {{ ref("agencies") }})

select programme_code, agency_code, name_vi as agency_name, duty_vi, source
from agencies
