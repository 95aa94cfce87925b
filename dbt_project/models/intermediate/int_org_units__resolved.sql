-- int_org_units__resolved.sql: one row per unit, with its newest parents and what became of it
-- current_unit_id: the lowest unit of today that holds all its area: the commune that it went to
-- whole, else the province. What went to more than one province stays with the one that holds most
-- of its parts; only a commune that was split across provinces lies in none ("VN").
-- partition_province_id: figures of units that ever shared a province are rebuilt together; where
-- no unit moved between provinces it is the current province.
{{ config(indexes=[{"columns": ["unit_id"], "unique": true}, {"columns": ["unit_code"]}]) }}

with recursive
    versions as (select * from {{ ref("int_org_unit_versions__resolved") }}),

    units as (
        select distinct
            on (unit_id) unit_id,
            unit_code,
            unit_level,
            parent_id,
            district_id,
            province_id,
            min(valid_from) over (partition by unit_id) as valid_from,
            valid_to
        from versions
        order by unit_id, versions.valid_from desc
    ),

    successions as (select * from {{ ref("int_org_units__successions") }}),

    -- where an area lies in the end: with a unit of today, or with one that ended and went nowhere
    last_successions as (
        select predecessor_id, successor_id
        from successions
        where valid_to = 'infinity' or successor_id not in (select predecessor_id from successions)
    ),

    -- the communes that lie in a unit, and itself where the lineage names it
    parts as (
        select unit_id, unit_id as part_id
        from units
        where
            unit_level = 'commune'
            or valid_to = 'infinity'
            or unit_id in (select predecessor_id from successions)
        union
        select district_id, unit_id
        from versions
        where unit_level = 'commune' and district_id is not null
        union
        select province_id, unit_id
        from versions
        where unit_level = 'commune' and valid_to <> 'infinity'
    ),

    -- where each part lies today. Of one that went nowhere that the lists know of: no unit, and its
    -- last province as long as there is that one
    part_successors as (
        select
            parts.unit_id,
            parts.part_id,
            case when last_units.valid_to = 'infinity' then last_units.unit_id end as successor_id,
            provinces.unit_id as province_id
        from parts
        left join last_successions on last_successions.predecessor_id = parts.part_id
        inner join
            units as last_units
            on last_units.unit_id = coalesce(last_successions.successor_id, parts.part_id)
        left join
            units as provinces
            on provinces.unit_id = last_units.province_id
            and provinces.valid_to = 'infinity'
    ),

    successors as (
        select
            unit_id,
            min(successor_id) as successor_id,
            count(distinct successor_id) = 1 and bool_and(successor_id is not null) as is_single,
            count(distinct province_id) > 1 as is_in_many_provinces,
            mode() within group (order by province_id) as province_id
        from part_successors
        group by 1
    ),

    -- where the lists know of nothing, what became of its province tells where it is
    located as (
        select
            units.*,
            successors.successor_id,
            coalesce(successors.is_single, false) as is_single,
            units.unit_level = 'commune' and successors.is_in_many_provinces as is_scattered,
            case
                when units.valid_to = 'infinity'
                then units.province_id
                else coalesce(successors.province_id, of_province.province_id)
            end as current_province_id
        from units
        left join successors on successors.unit_id = units.unit_id
        left join successors as of_province on of_province.unit_id = units.province_id
    ),

    shared as (
        select distinct versions.province_id as former_id, located.current_province_id
        from versions
        inner join located on located.unit_id = versions.unit_id
        union
        select distinct units.province_id, part_successors.province_id
        from part_successors
        inner join units on units.unit_id = part_successors.unit_id
        where units.unit_level = 'commune' and part_successors.province_id is not null
    ),

    connected as (
        select current_province_id, current_province_id as other_id
        from shared
        union
        select connected.current_province_id, others.current_province_id
        from connected
        inner join shared as own on own.current_province_id = connected.other_id
        inner join shared as others on others.former_id = own.former_id
    ),

    partitions as (
        select current_province_id, min(other_id) as partition_province_id from connected group by 1
    )

select
    located.unit_id,
    located.unit_code,
    located.unit_level,
    located.parent_id,
    located.district_id,
    located.province_id,
    located.valid_from,
    located.valid_to,
    located.current_province_id,
    case
        when located.valid_to = 'infinity'
        then located.unit_id
        when located.unit_level <> 'province' and located.is_single
        then located.successor_id
        when located.is_scattered
        then 'VN'
        else located.current_province_id
    end as current_unit_id,
    located.unit_level <> 'commune' or located.is_single as has_single_successor,
    partitions.partition_province_id
from located
inner join partitions on partitions.current_province_id = located.current_province_id
