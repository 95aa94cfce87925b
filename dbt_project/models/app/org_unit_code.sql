-- org_unit_code.sql: one row per unit code and span of days on which it means this unit
{{ config(tags=["catalogue"]) }}

with versions as (select * from {{ ref("stg_org_units") }})

select
    unit_code,
    case
        when lag(unit_id) over bearers is null then '-infinity' else valid_from
    end as resolve_from,
    coalesce(lead(valid_from) over bearers, 'infinity') as resolve_to,
    unit_id,
    unit_name,
    unit_level,
    valid_from,
    valid_to
from versions
window bearers as (partition by unit_code order by valid_from)
