-- int_org_units__restated.sql: one row per ended unit, basis and place where its sums belong
-- As reported they belong to its old parents; today to its heir and its province. What did not go
-- whole into one
-- heir, or whose heir is the province itself, is the province's "unallocated" row and never
-- shared out.
with units as (select * from {{ ref("int_org_units__identified") }} where lives_to <> 'infinity')

select unit_id, 'as_reported' as boundary_basis, district_id as place_id
from units
where district_id <> unit_id
union all
select unit_id, 'as_reported', province_id
from units
where province_id <> unit_id
union all
select unit_id, 'current', family_id
from units
union all
select
    unit_id,
    'current',
    case
        when is_whole and current_id <> family_id then current_id else family_id || '/unallocated'
    end
from units
