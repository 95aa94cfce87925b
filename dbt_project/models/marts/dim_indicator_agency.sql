-- dim_indicator_agency.sql: one row per indicator and agency that reports it
with assigned as (select * from {{ ref("int_indicators__assigned") }})

select programme_code, indicator_code, agency_code, is_required, is_figure
from assigned
