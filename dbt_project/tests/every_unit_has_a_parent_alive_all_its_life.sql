with
    versions as (select * from {{ ref("int_org_unit_versions__resolved") }}),

    units as (select * from {{ ref("int_org_units__resolved") }})

select versions.unit_id
from versions
left join units as parents on parents.unit_id = versions.parent_id
where
    versions.unit_level <> 'province'
    and (
        parents.unit_id is null
        or parents.valid_from > versions.valid_from
        or parents.valid_to < versions.valid_to
        or parents.unit_level = 'commune'
    )
