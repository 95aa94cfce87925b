-- int_org_units__successor_weights.sql: one row per ended unit, basis and place where its sums
-- belong, with
-- the share of them that does
-- As reported they belong to its old parents; today to its heir and its province. A unit that was
-- split is shared out only by declared weights, and then it is an estimate. What went to no single
-- unit, or whose heir is the province itself, is the province's "unallocated" row.
with
    units as (select * from {{ ref("int_org_units__resolved") }}),

    ended as (select * from units where valid_to <> 'infinity'),

    weights as (select * from {{ ref("split_weights") }}),

    -- to whom a unit goes today: whole to its heir, or by shares to those of its successors
    inherited as (
        select unit_id, unit_id as heir_of, 1 as weight, false as is_estimated
        from ended
        where unit_id not in (select old_unit_id from weights)
        union all
        select old_unit_id, new_unit_id, weight, true
        from weights
    ),

    today as (
        select
            inherited.unit_id,
            case
                when heir.has_single_successor and heir.current_unit_id <> heir.current_province_id
                then heir.current_unit_id
                else heir.current_province_id || '/unallocated'
            end as rollup_unit_id,
            sum(inherited.weight) as weight,
            -- shares that come together again, all in one place, estimate nothing there
            bool_or(inherited.is_estimated) and sum(inherited.weight) < 1 as is_estimated
        from inherited
        inner join units as heir on heir.unit_id = inherited.heir_of
        group by 1, 2
    )

select
    unit_id,
    'as_reported' as boundary_basis,
    district_id as rollup_unit_id,
    1 as weight,
    false as is_estimated
from ended
where district_id <> unit_id
union all
select unit_id, 'as_reported', province_id, 1, false
from ended
where province_id <> unit_id
union all
select unit_id, 'current', current_province_id, 1, false
from ended
union all
select unit_id, 'current', rollup_unit_id, weight, is_estimated
from today
