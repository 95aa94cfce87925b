-- int_org_units__placed.sql: one row per unit and place above or after it where its sums belong
-- Basis "both": the place is the same on the map of the report's day and on today's. An ended
-- unit's sums
-- belong to its old parents as reported, and today to its heir and its province. What did not go
-- whole into
-- one heir, or whose heir is the province itself, is the province's "unallocated" row and never
-- shared out.
with
    units as (select * from {{ ref("int_org_units__identified") }}),

    parents as (
        select unit_id, lives_to = 'infinity' as is_alive, district_id as place_id
        from units
        where district_id <> unit_id
        union all
        select unit_id, lives_to = 'infinity', province_id
        from units
        where province_id <> unit_id
    ),

    places as (
        select
            unit_id,
            place_id,
            case when is_alive then 'both' else 'as_reported' end as boundary_basis
        from parents
        union all
        select unit_id, family_id, 'current'
        from units
        where lives_to <> 'infinity'
        union all
        select
            unit_id,
            case
                when is_whole and current_id <> family_id
                then current_id
                else family_id || '/unallocated'
            end,
            'current'
        from units
        where lives_to <> 'infinity'
    )

select
    places.unit_id,
    places.place_id,
    coalesce(units.unit_code, split_part(places.place_id, '@', 1) || '/unallocated') as place_code,
    coalesce(units.unit_level, 'unallocated') as place_level,
    places.boundary_basis
from places
left join units on units.unit_id = places.place_id
