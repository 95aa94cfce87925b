-- int_org_units__successions.sql: one row per ended unit and later unit that its area went to, in
-- one step or through others
-- is_direct: in one step. is_last: nothing is known of what came after it. A unit that went nowhere
-- in the lists has no row.
{{
    config(
        indexes=[
            {"columns": ["predecessor_id", "successor_id"], "unique": true},
            {"columns": ["successor_id"]},
        ]
    )
}}

with recursive
    lineage as (
        select old_unit_id, new_unit_id
        from {{ ref("org_unit_lineage") }}
        where old_unit_id is not null
    ),

    steps as (
        select old_unit_id as predecessor_id, new_unit_id as successor_id, true as is_direct
        from lineage
        union
        select steps.predecessor_id, lineage.new_unit_id, false
        from steps
        inner join lineage on lineage.old_unit_id = steps.successor_id
    ),

    units as (select * from {{ ref("int_org_unit_versions__resolved") }}),

    -- several ways may lead to the same unit
    joined as (
        select predecessor_id, successor_id, bool_or(is_direct) as is_direct
        from steps
        group by 1, 2
    )

select
    joined.predecessor_id,
    joined.successor_id,
    joined.is_direct,
    joined.successor_id not in (select old_unit_id from lineage) as is_last,
    min(units.valid_from) as valid_from,
    max(units.valid_to) as valid_to
from joined
inner join units on units.unit_id = joined.successor_id
group by 1, 2, 3
