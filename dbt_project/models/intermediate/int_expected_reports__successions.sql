-- int_expected_reports__successions.sql: one row per report that a unit could send before it ended
-- within the period, and unit after it that may send one of its own
-- The first one's counts until a later one's comes. is_direct: nothing lies between the two.
-- is_owing: the later one is expected to report, it has not ended within the period too. is_whole:
-- on the day on which reporters are resolved all of the first one's area lies in it.
-- is_same_province: as reported both lie in one province.
{{
    config(
        indexes=[
            {
                "columns": [
                    "programme_code",
                    "period",
                    "agency_code",
                    "predecessor_id",
                    "successor_id",
                ],
                "unique": true,
            },
        ]
    )
}}

with
    former_units as (select * from {{ ref("int_expected_reports__former_units") }} where has_ended),

    later as (
        select programme_code, period, agency_code, unit_id, resolve_on, true as is_owing
        from {{ ref("int_expected_reports__latest") }}
        where is_owed or is_in_rollup
        union all
        select programme_code, period, agency_code, unit_id, resolve_on, false
        from former_units
    ),

    -- read twice: the planner has to see through to the index
    successions as not materialized(select * from {{ ref("int_org_units__successions") }}),

    versions as not materialized(select * from {{ ref("int_org_unit_versions__resolved") }})

select
    former_units.programme_code,
    former_units.period,
    former_units.agency_code,
    former_units.unit_id as predecessor_id,
    later.unit_id as successor_id,
    successions.is_direct,
    later.is_owing,
    not exists (
        select 1
        from successions as others
        where
            others.predecessor_id = former_units.unit_id
            and others.successor_id <> later.unit_id
            and others.valid_from <= later.resolve_on
            and (others.valid_to > later.resolve_on or others.is_last)
    ) as is_whole,
    predecessors.province_id = successors.province_id as is_same_province
from former_units
inner join successions on successions.predecessor_id = former_units.unit_id
inner join
    later
    on later.unit_id = successions.successor_id
    and later.programme_code = former_units.programme_code
    and later.period = former_units.period
    and later.agency_code = former_units.agency_code
inner join
    versions as predecessors
    on predecessors.unit_id = former_units.unit_id
    and predecessors.valid_from <= former_units.resolve_on
    and predecessors.valid_to > former_units.resolve_on
inner join
    versions as successors
    on successors.unit_id = later.unit_id
    and successors.valid_from <= later.resolve_on
    and successors.valid_to > later.resolve_on
