-- dim_target.sql: one row per target in force as a plan or an act that revised it
-- prints it, with the plan's document
with
    targets as (select * from {{ ref("int_targets__in_force") }}),

    plans as (select * from {{ ref("int_unit_plans__recorded") }}),

    programmes as (select * from {{ ref("programmes") }})

select
    targets.programme_code,
    targets.indicator_code,
    targets.target_scope,
    targets.bound_unit_code,
    targets.target_year,
    targets.agency_code,
    targets.measure,
    targets.comparator,
    targets.target_low,
    targets.target_high,
    targets.better_end,
    targets.raw,
    targets.comparator_source,
    targets.competing_reading_vi,
    coalesce(
        plans.document_vi,
        case when targets.target_scope <> 'national' then programmes.document_vi end
    ) as document_vi,
    coalesce(plans.is_made_up, false) as is_made_up,
    targets.source_line,
    targets.source,
    targets.act,
    targets.valid_from
from targets
inner join programmes on programmes.programme_code = targets.programme_code
left join
    plans
    on plans.programme_code = targets.programme_code
    and plans.unit_code = targets.bound_unit_code
    and plans.agency_code = coalesce(targets.agency_code, {{ default_agency() }})
