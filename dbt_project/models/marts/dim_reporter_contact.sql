-- dim_reporter_contact.sql: one row per unit and agency whose reporter can be reached
with reporters as (select * from {{ ref("int_contacts__reporters") }})

select unit_code, agency_code, has_email, has_webhook
from reporters
