-- int_contacts__reporters.sql: one row per unit and agency whose reporter can be reached
{{ config(materialized="replaced_view") }}

with contacts as (select * from {{ ref("stg_contacts") }})

select unit_code, agency_code, has_email, has_webhook
from contacts
where role = 'reporter'
