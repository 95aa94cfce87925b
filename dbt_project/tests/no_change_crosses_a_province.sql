-- The ground of an old province lies in one province of today, so a province's sums are the same
-- before and after restating.
with
    lineage as (select * from {{ ref("org_unit_lineage") }}),

    units as (select * from {{ ref("int_org_units__resolved") }})

select olds.province_id, count(distinct news.province_id) as provinces
from lineage
inner join units as olds on olds.unit_id = lineage.old_unit_id
inner join units as news on news.unit_id = lineage.new_unit_id
group by 1
having count(distinct news.province_id) > 1
