-- declared_shares_of_a_split_unit_add_up_to_one.sql: none lost, none made, and only along the
-- lineage
with
    weights as (select * from {{ ref("split_weights") }}),

    lineage as (select * from {{ ref("org_unit_lineage") }}),

    summed as (
        select old_unit_id, sum(weight) as weight, min(weight) as least from weights group by 1
    ),

    strange as (
        select weights.old_unit_id
        from weights
        left join
            lineage
            on lineage.old_unit_id = weights.old_unit_id
            and lineage.new_unit_id = weights.new_unit_id
        where lineage.new_unit_id is null
    )

select old_unit_id
from summed
where weight <> 1 or least < 0
union all
select old_unit_id
from strange
