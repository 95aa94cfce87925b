-- org_unit_name.sql: one row per unit and name that it has had
{{ config(tags=["catalogue"]) }}

with
    versions as (select * from {{ ref("stg_org_units") }}),

    units as (select * from {{ ref("int_org_units__resolved") }})

select
    versions.unit_id,
    versions.unit_name,
    versions.valid_from,
    versions.valid_to,
    versions.valid_to = units.valid_to as is_latest
from versions
inner join units on units.unit_id = versions.unit_id
