-- int_org_units__rollup_units.sql: one row per unit, basis and place above or after it where its
-- sums
-- belong
{{ config(materialized="view") }}

with
    standing as (select * from {{ ref("int_org_units__current_ancestors") }}),

    restated as (select * from {{ ref("int_org_units__successor_weights") }}),

    units as (select * from {{ ref("int_org_units__resolved") }}),

    places as (
        select
            unit_id,
            basis as boundary_basis,
            rollup_unit_id,
            1 as weight,
            false as is_estimated,
            false as is_restated
        from standing
        cross join unnest(array['as_reported', 'current']) as basis
        union all
        select unit_id, boundary_basis, rollup_unit_id, weight, is_estimated, true
        from restated
    )

select
    places.unit_id,
    places.boundary_basis,
    places.rollup_unit_id,
    coalesce(
        units.unit_code, split_part(places.rollup_unit_id, '@', 1) || '/unallocated'
    ) as rollup_unit_code,
    coalesce(units.unit_level, 'unallocated') as rollup_unit_level,
    places.weight,
    places.is_estimated,
    places.is_restated
from places
left join units on units.unit_id = places.rollup_unit_id
