with units as (select * from {{ ref("int_org_units__resolved") }})

select units.unit_id
from units
left join units as parent on parent.unit_id = units.parent_id
where
    units.unit_level <> 'province'
    and (
        parent.unit_id is null
        or parent.valid_from > units.valid_from
        or parent.valid_to < units.valid_to
        or parent.unit_level = 'commune'
    )
