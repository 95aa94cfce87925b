-- int_expected_reports__successions.sql: one row per report, unit that owes it and unit that
-- preceded it within the period
-- The predecessor ended between the beginning of the period (or of the programme) and the day on
-- which the reporter is resolved. Its own report counts until its successor's own comes. is_whole:
-- all of its area went to the successor; is_same_province: as reported both lie in one province.
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
    expected as (
        select * from {{ ref("int_expected_reports__latest") }} where is_owed or is_in_rollup
    ),

    -- wherever its reporters are asked: a unit may have moved from one of them to another
    scopes as (
        select distinct programme_code, period, agency_code, unit_level, within_unit_code
        from expected
    ),

    successions as (select * from {{ ref("int_org_units__successions") }}),

    -- read twice too
    versions as not materialized(select * from {{ ref("int_org_unit_versions__resolved") }}),

    -- read twice: the planner has to see through to the index
    units as not materialized(select * from {{ ref("int_org_units__resolved") }})

select
    expected.programme_code,
    expected.period,
    expected.agency_code,
    predecessors.unit_id as predecessor_id,
    expected.unit_id as successor_id,
    successions.is_whole,
    predecessors.province_id = successors.province_id as is_same_province,
    predecessors.valid_to as ended_on
from expected
inner join
    successions
    on successions.successor_id = expected.unit_id
    and successions.valid_from <= expected.resolve_on
    and successions.valid_to > expected.resolve_on
inner join
    versions as successors
    on successors.unit_id = expected.unit_id
    and successors.valid_from <= expected.resolve_on
    and successors.valid_to > expected.resolve_on
inner join
    units as ends
    on ends.unit_id = successions.predecessor_id
    and ends.valid_to > greatest(expected.data_from, expected.owed_from)
    and ends.valid_to <= expected.resolve_on
inner join
    versions as predecessors
    on predecessors.unit_id = ends.unit_id
    and predecessors.valid_to = ends.valid_to
    and predecessors.unit_level = expected.unit_level
where
    exists (
        select 1
        from scopes
        inner join
            units as roots
            on roots.unit_code = scopes.within_unit_code
            and roots.valid_from < ends.valid_to
            and roots.valid_to >= ends.valid_to
            and roots.unit_id
            in (predecessors.unit_id, predecessors.district_id, predecessors.province_id)
        where
            scopes.programme_code = expected.programme_code
            and scopes.period = expected.period
            and scopes.agency_code = expected.agency_code
            and scopes.unit_level = expected.unit_level
    )
