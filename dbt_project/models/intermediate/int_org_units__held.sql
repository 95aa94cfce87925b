-- int_org_units__held.sql: one row per unit and place that holds what it owes: itself, its district
-- and its province, those of its own time, and the country
{{
    config(
        indexes=[
            {"columns": ["unit_id", "place_id"], "unique": true},
            {"columns": ["place_code"]},
        ]
    )
}}

with
    units as (select * from {{ ref("int_org_units__identified") }}),

    named as (
        select distinct on (unit_id) unit_id, unit_name
        from {{ ref("stg_org_units") }}
        order by unit_id, valid_from desc
    ),

    holding as (
        select unit_id, unit_id as place_id, province_id
        from units
        union
        select unit_id, district_id, province_id
        from units
        where district_id is not null
        union
        select unit_id, province_id, province_id
        from units
    )

select
    holding.unit_id,
    holding.place_id,
    places.unit_code as place_code,
    places.unit_level as place_level,
    named.unit_name as place_name,
    holding.province_id
from holding
inner join units as places on places.unit_id = holding.place_id
inner join named on named.unit_id = holding.place_id
union all
select unit_id, 'VN', 'VN', 'country', 'Cả nước', province_id
from units
