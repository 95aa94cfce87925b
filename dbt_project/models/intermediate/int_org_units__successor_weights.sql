-- int_org_units__successor_weights.sql: one row per ended or moved unit, basis and unit where its
-- sums belong, with the share of them that does
-- As reported they belong to its parents of that time, today to its successor and its province. A
-- unit that was split is shared out only by declared weights, and then it is an estimate. What went
-- to no single unit, or whose successor is the province itself, is the province's "unallocated"
-- row. What a unit that moved belonged to as reported depends on the period
-- (int_expected_reports__rollup_units).
-- is_restated: yes/no answers of the unit are not carried over; those of a unit that only moved
-- are.
with
    units as (select * from {{ ref("int_org_units__resolved") }}),

    versions as (select * from {{ ref("int_org_unit_versions__resolved") }}),

    moved as (select unit_id from versions group by 1 having count(*) > 1),

    ended as (select * from units where valid_to <> 'infinity'),

    weights as (select * from {{ ref("split_weights") }}),

    -- where a unit goes today: whole to what holds it, or by shares to its successors
    shares as (
        select unit_id, unit_id as share_of_id, 1 as weight, false as is_estimated
        from ended
        where unit_id not in (select old_unit_id from weights)
        union all
        select old_unit_id, new_unit_id, weight, true
        from weights
    ),

    located as (
        select
            shares.unit_id,
            case
                when
                    holders.has_single_successor
                    and holders.current_unit_id <> holders.current_province_id
                then holders.current_unit_id
                when holders.current_unit_id = 'VN'
                then 'VN/unallocated'
                else holders.current_province_id || '/unallocated'
            end as rollup_unit_id,
            case
                when holders.current_unit_id <> 'VN' then holders.current_province_id
            end as province_id,
            shares.weight,
            shares.is_estimated
        from shares
        inner join units as holders on holders.unit_id = shares.share_of_id
    ),

    current_units as (
        select unit_id, rollup_unit_id, weight, is_estimated, true as is_restated
        from located
        union all
        select
            unit_id,
            province_id,
            case when sum(weight) = 1 then 1 else sum(weight) end,
            bool_or(is_estimated),
            true
        from located
        where province_id is not null
        group by unit_id, province_id
        union all
        select unit_id, province_id, 1, false, false
        from units
        where
            valid_to = 'infinity'
            and province_id <> unit_id
            and unit_id in (select unit_id from moved)
    )

select
    unit_id,
    'as_reported' as boundary_basis,
    district_id as rollup_unit_id,
    1 as weight,
    false as is_estimated,
    false as is_restated
from ended
where district_id <> unit_id and unit_id not in (select unit_id from moved)
union all
select unit_id, 'as_reported', province_id, 1, false, false
from ended
where province_id <> unit_id and unit_id not in (select unit_id from moved)
union all
-- shares that come together again, all in one unit, estimate nothing there
select
    unit_id,
    'current',
    rollup_unit_id,
    sum(weight),
    bool_or(is_estimated) and sum(weight) < 1,
    bool_or(is_restated)
from current_units
group by unit_id, rollup_unit_id
