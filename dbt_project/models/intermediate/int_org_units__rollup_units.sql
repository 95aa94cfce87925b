-- int_org_units__rollup_units.sql: one row per unit, basis and unit where its sums belong, whatever
-- the period
{{ config(materialized="replaced_view") }}

with
    current_ancestors as (select * from {{ ref("int_org_units__current_ancestors") }}),

    successor_weights as (select * from {{ ref("int_org_units__successor_weights") }}),

    units as (select * from {{ ref("int_org_units__resolved") }}),

    located as (
        select
            unit_id,
            basis as boundary_basis,
            rollup_unit_id,
            1 as weight,
            false as is_estimated,
            false as is_restated
        from current_ancestors
        cross join unnest(array['as_reported', 'current']) as basis
        union all
        select unit_id, boundary_basis, rollup_unit_id, weight, is_estimated, is_restated
        from successor_weights
    )

select
    located.unit_id,
    located.boundary_basis,
    located.rollup_unit_id,
    coalesce(
        units.unit_code, regexp_replace(located.rollup_unit_id, '@[^/]*', '')
    ) as rollup_unit_code,
    coalesce(units.unit_level, 'unallocated') as rollup_unit_level,
    located.weight,
    located.is_estimated,
    located.is_restated
from located
left join units on units.unit_id = located.rollup_unit_id
