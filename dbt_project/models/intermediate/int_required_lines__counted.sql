-- int_required_lines__counted.sql: one row per programme, agency, level of unit and unit with
-- indicators of its own (none: every other unit), with the number of lines that a full report of
-- figures has to hold
{{ config(materialized="replaced_view") }}

with
    required as (select * from {{ ref("int_indicators__required") }}),

    plans as (
        select programme_code, agency_code, unit_level, plan_unit_code
        from required
        group by 1, 2, 3, 4
        union
        select programme_code, agency_code, unit_level, null
        from required
    )

select
    plans.programme_code,
    plans.agency_code,
    plans.unit_level,
    plans.plan_unit_code,
    count(required.indicator_code) as lines_required
from plans
left join
    required
    on required.programme_code = plans.programme_code
    and required.agency_code = plans.agency_code
    and required.unit_level = plans.unit_level
    and (required.plan_unit_code is null or required.plan_unit_code = plans.plan_unit_code)
group by 1, 2, 3, 4
