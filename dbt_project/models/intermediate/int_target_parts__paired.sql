-- int_target_parts__paired.sql: one row per province or district, and target of a plan of a unit
-- below it
{{ config(materialized="replaced_view") }}

with
    targets as (
        select *, {{ effective_comparator("targets") }} as effective_comparator
        from {{ ref("int_targets__applied") }} as targets
        where unit_id is not null and target_scope = unit_level
    ),

    ancestors as (
        select *
        from {{ ref("int_org_units__ancestors") }}
        where ancestor_level in ('province', 'district') and ancestor_id <> unit_id
    ),

    plans as (
        select programme_code, unit_code, bool_or(is_made_up) as is_made_up
        from {{ ref("int_unit_plans__recorded") }}
        group by 1, 2
    )

select
    targets.programme_code,
    targets.indicator_code,
    targets.target_year,
    ancestors.ancestor_id as unit_id,
    targets.unit_id as part_id,
    targets.unit_level as part_level,
    targets.measure as part_measure,
    targets.effective_comparator,
    targets.target_low,
    targets.target_high,
    coalesce(plans.is_made_up, false) as is_made_up
from targets
inner join ancestors on ancestors.unit_id = targets.unit_id
left join
    plans
    on plans.programme_code = targets.programme_code
    and plans.unit_code = targets.bound_unit_code
