-- int_org_units__resolved.sql: one row per unit, with what stood above it and what became of it
-- A unit's heir is the lowest unit of today that holds all its ground: the commune that it went to
-- whole, else the province. No commune was split across provinces, so the province is always known.
{{ config(indexes=[{"columns": ["unit_id"], "unique": true}, {"columns": ["unit_code"]}]) }}

with recursive
    versions as (select * from {{ ref("stg_org_units") }}),

    lineage as (select * from {{ ref("org_unit_lineage") }}),

    units as (
        select
            unit_id,
            unit_code,
            unit_level,
            parent_code,
            min(valid_from) as valid_from,
            max(valid_to) as valid_to
        from versions
        group by 1, 2, 3, 4
    ),

    placed as (
        select
            units.unit_id,
            units.unit_code,
            units.unit_level,
            units.valid_from,
            units.valid_to,
            parent.unit_id as parent_id,
            case
                when units.unit_level = 'district'
                then units.unit_id
                when parent.unit_level = 'district'
                then parent.unit_id
            end as district_id,
            coalesce(grandparent.unit_id, parent.unit_id, units.unit_id) as province_id
        from units
        left join
            units as parent
            on parent.unit_code = units.parent_code
            and parent.valid_from <= units.valid_from
            and parent.valid_to > units.valid_from
        left join
            units as grandparent
            on grandparent.unit_code = parent.parent_code
            and grandparent.valid_from <= parent.valid_from
            and grandparent.valid_to > parent.valid_from
    ),

    -- back from the units of today, and from those that went nobody knows where
    reached as (
        select unit_id, case when valid_to = 'infinity' then unit_id end as heir_id
        from placed
        where
            valid_to = 'infinity'
            or (
                unit_level = 'commune'
                and unit_id not in (select old_unit_id from lineage where old_unit_id is not null)
            )
        union
        select lineage.old_unit_id, reached.heir_id
        from reached
        inner join lineage on lineage.new_unit_id = reached.unit_id
        where lineage.old_unit_id is not null
    ),

    -- an ended unit's ground: the communes in it, and itself where the lineage names it
    ground as (
        select unit_id, unit_id as part_id
        from placed
        where unit_level = 'commune'
        union
        select unit_id, unit_id
        from reached
        union
        select district_id, unit_id
        from placed
        where unit_level = 'commune' and district_id is not null
        union
        select province_id, unit_id
        from placed
        where unit_level = 'commune' and valid_to <> 'infinity'
    ),

    heirs as (
        select
            ground.unit_id,
            min(reached.heir_id) as heir_id,
            count(distinct reached.heir_id) = 1
            and bool_and(reached.heir_id is not null) as is_single
        from ground
        left join reached on reached.unit_id = ground.part_id
        group by 1
    ),

    current_provinces as (
        select placed.province_id, min(heir.province_id) as current_province_id
        from reached
        inner join placed on placed.unit_id = reached.unit_id
        inner join placed as heir on heir.unit_id = reached.heir_id
        group by 1
    )

select
    placed.unit_id,
    placed.unit_code,
    placed.unit_level,
    placed.parent_id,
    placed.district_id,
    placed.province_id,
    placed.valid_from,
    placed.valid_to,
    current_provinces.current_province_id,
    case
        when placed.valid_to = 'infinity'
        then placed.unit_id
        when placed.unit_level <> 'province' and heirs.is_single
        then heirs.heir_id
        else current_provinces.current_province_id
    end as current_unit_id,
    placed.unit_level <> 'commune' or heirs.is_single as has_single_successor
from placed
inner join current_provinces on current_provinces.province_id = placed.province_id
left join heirs on heirs.unit_id = placed.unit_id
