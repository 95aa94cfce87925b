-- int_org_units__placed.sql: one row per unit, basis and place above or after it where its sums
-- belong
{{ config(materialized="view") }}

with
    standing as (select * from {{ ref("int_org_units__standing") }}),

    restated as (select * from {{ ref("int_org_units__restated") }}),

    units as (select * from {{ ref("int_org_units__identified") }}),

    places as (
        select
            unit_id,
            basis as boundary_basis,
            place_id,
            1 as weight,
            false as is_estimated,
            false as is_restated
        from standing
        cross join unnest(array['as_reported', 'current']) as basis
        union all
        select unit_id, boundary_basis, place_id, weight, is_estimated, true
        from restated
    )

select
    places.unit_id,
    places.boundary_basis,
    places.place_id,
    coalesce(units.unit_code, split_part(places.place_id, '@', 1) || '/unallocated') as place_code,
    coalesce(units.unit_level, 'unallocated') as place_level,
    places.weight,
    places.is_estimated,
    places.is_restated
from places
left join units on units.unit_id = places.place_id
