-- int_indicators__required.sql: one row per indicator, agency and level of unit whose report has
-- to contain the line
-- Required are the lines of the report's level that are assigned to its sender.
with
    assigned as (select * from {{ ref("int_indicators__assigned") }} where is_required),

    measures as (select * from {{ ref("indicator_measures") }})

select assigned.programme_code, assigned.indicator_code, assigned.agency_code, measures.unit_level
from assigned
inner join
    measures
    on measures.programme_code = assigned.programme_code
    and measures.indicator_code = assigned.indicator_code
