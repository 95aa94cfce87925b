-- int_targets__applied.sql: one row per target and unit that it is shown beside; without a unit
-- it is shown beside every unit of the level that has no list of its own
-- A target of the programme for a level, of its province or of the nation is shown beside every
-- unit. One that binds a unit is shown beside it and the units within it, and there it replaces
-- what the programme sets for that scope; an agency's is shown beside the unit that it is about.
-- The unit is the one that has the code while the programme runs.
{{ config(indexes=[{"columns": ["programme_code", "indicator_code", "unit_id"]}]) }}

with
    seeds as (select * from {{ ref("targets") }}),

    programmes as (select * from {{ ref("programmes") }}),

    units as (select * from {{ ref("int_org_units__resolved") }}),

    ancestors as (select * from {{ ref("int_org_units__ancestors") }}),

    targets as (
        select
            seeds.*,
            seeds.target_scope not in ('commune', 'agency')
            and seeds.bound_unit_code is not distinct from programmes.root_unit_code
            or seeds.target_scope <> 'agency'
            and seeds.bound_unit_code is null as is_of_the_programme,
            programmes.starts_on,
            programmes.ends_on
        from seeds
        inner join programmes on programmes.programme_code = seeds.programme_code
    ),

    general as (
        select targets.*, levels.unit_level
        from targets
        cross join
            unnest(array['commune', 'district', 'province', 'unallocated']) as levels(unit_level)
        where
            targets.is_of_the_programme
            and (targets.target_scope <> 'commune' or levels.unit_level = 'commune')
    ),

    own as (
        select targets.*, units.unit_level, units.unit_id
        from targets
        inner join
            ancestors
            on ancestors.ancestor_code = targets.bound_unit_code
            and (
                ancestors.ancestor_level = targets.target_scope
                or targets.target_scope = 'agency'
                and ancestors.ancestor_id = ancestors.unit_id
            )
        inner join
            units
            on units.unit_id = ancestors.unit_id
            and units.valid_from <= targets.ends_on
            and units.valid_to > targets.starts_on
        where not targets.is_of_the_programme
    ),

    units_with_own as (
        select distinct programme_code, indicator_code, unit_level, unit_id from own
    ),

    lists as (
        select *
        from own
        union all
        select *, null::text as unit_id
        from general
        union all
        select general.*, units_with_own.unit_id
        from general
        inner join
            units_with_own
            on units_with_own.programme_code = general.programme_code
            and units_with_own.indicator_code = general.indicator_code
            and units_with_own.unit_level = general.unit_level
        left join
            own
            on own.programme_code = general.programme_code
            and own.indicator_code = general.indicator_code
            and own.unit_id = units_with_own.unit_id
            and own.target_scope = general.target_scope
        where own.unit_id is null
    )

select
    programme_code,
    indicator_code,
    unit_level,
    unit_id,
    target_scope,
    target_year,
    bound_unit_code,
    agency_code,
    measure,
    comparator,
    target_low,
    target_high,
    better_end,
    exceeded_when,
    raw
from lists
