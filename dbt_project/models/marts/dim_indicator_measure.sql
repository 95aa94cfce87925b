-- dim_indicator_measure.sql: one row per programme, indicator and level of unit, with the
-- measure of the plan's target there
with measures as (select * from {{ ref("indicator_measures") }})

select programme_code, indicator_code, unit_level, measure
from measures
