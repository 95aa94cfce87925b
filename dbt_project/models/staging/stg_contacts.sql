-- stg_contacts.sql: one row per unit, agency and role that can be reached, without the addresses
select
    unit_code,
    agency_code,
    role,
    bool_or(email is not null) as has_email,
    bool_or(webhook is not null) as has_webhook
from {{ source("ops", "contact") }}
group by 1, 2, 3
