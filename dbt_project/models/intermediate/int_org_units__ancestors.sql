-- int_org_units__ancestors.sql: one row per unit and unit that holds what it owes: itself, its
-- district
-- and its province, those of its own time, and the country
{{
    config(
        indexes=[
            {"columns": ["unit_id", "ancestor_id"], "unique": true},
            {"columns": ["ancestor_code"]},
        ]
    )
}}

with
    units as (select * from {{ ref("int_org_units__resolved") }}),

    named as (
        select distinct on (unit_id) unit_id, unit_name
        from {{ ref("stg_org_units") }}
        order by unit_id, valid_from desc
    ),

    holding as (
        select unit_id, unit_id as ancestor_id, province_id
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
    holding.ancestor_id,
    ancestors.unit_code as ancestor_code,
    ancestors.unit_level as ancestor_level,
    named.unit_name as ancestor_name,
    holding.province_id
from holding
inner join units as ancestors on ancestors.unit_id = holding.ancestor_id
inner join named on named.unit_id = holding.ancestor_id
union all
select unit_id, 'VN', 'VN', 'country', 'Cả nước', province_id
from units
