with units as (select * from {{ ref("int_org_units__identified") }})

select units.unit_id
from units
left join units as parent on parent.unit_id = units.parent_id
where
    units.unit_level <> 'province'
    and (
        parent.unit_id is null
        or parent.lives_from > units.lives_from
        or parent.lives_to < units.lives_to
        or parent.unit_level = 'commune'
    )
