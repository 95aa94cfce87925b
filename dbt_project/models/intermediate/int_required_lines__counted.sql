-- int_required_lines__counted.sql: one row per programme, agency and level of unit, with the number
-- of lines that a full report of figures has to hold
{{ config(materialized="replaced_view") }}

with required as (select * from {{ ref("int_indicators__required") }})

select programme_code, agency_code, unit_level, count(*) as lines_required
from required
group by 1, 2, 3
