-- int_indicators__required.sql: one row per indicator, agency and level of unit whose report has
-- to contain the line
-- Required are the lines of the report's level that are assigned to its sender, those of a unit's
-- own plan in that unit's reports alone (plan_unit_code).
with
    assigned as (select * from {{ ref("int_indicators__assigned") }} where is_required),

    measures as (select * from {{ ref("indicator_measures") }}),

    indicators as (select * from {{ ref("indicators") }})

select
    assigned.programme_code,
    assigned.indicator_code,
    assigned.agency_code,
    measures.unit_level,
    indicators.plan_unit_code
from assigned
inner join
    indicators
    on indicators.programme_code = assigned.programme_code
    and indicators.indicator_code = assigned.indicator_code
inner join
    measures
    on measures.programme_code = assigned.programme_code
    and measures.indicator_code = assigned.indicator_code
