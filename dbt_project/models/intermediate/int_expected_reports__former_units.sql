-- int_expected_reports__former_units.sql: one row per report that a unit could send before it ended
-- or moved away within the period
-- Nobody owes it any more; what came of it stands, and may be corrected and withdrawn.
{{
    config(
        indexes=[
            {
                "columns": ["unit_id", "programme_code", "period", "agency_code"],
                "unique": true,
            },
        ]
    )
}}

with
    latest as (select * from {{ ref("int_expected_reports__latest") }}),

    successions as (select * from {{ ref("int_expected_reports__successions") }}),

    units as (select * from {{ ref("int_org_units__resolved") }}),

    versions as (select * from {{ ref("int_org_unit_versions__resolved") }}),

    requirements as (
        select distinct
            programme_code,
            period,
            unit_level,
            agency_code,
            within_unit_code,
            form,
            feeds_rollup,
            data_from,
            owed_from,
            resolve_on
        from {{ ref("int_report_requirements__dated") }}
        where decided_to = 'infinity' and unit_code is null and is_required
    ),

    ended as (
        select distinct
            on (
                successions.programme_code,
                successions.period,
                successions.agency_code,
                successions.predecessor_id
            )
            successions.programme_code,
            successions.period,
            successions.agency_code,
            successions.predecessor_id as unit_id,
            latest.form,
            latest.feeds_rollup,
            latest.is_in_rollup,
            (successions.ended_on - 1)::date as resolve_on,
            'succeeded by another unit' as reason
        from successions
        inner join
            latest
            on latest.programme_code = successions.programme_code
            and latest.period = successions.period
            and latest.agency_code = successions.agency_code
            and latest.unit_id = successions.successor_id
    ),

    moved_away as (
        select distinct
            on (
                requirements.programme_code,
                requirements.period,
                requirements.agency_code,
                versions.unit_id
            )
            requirements.programme_code,
            requirements.period,
            requirements.agency_code,
            versions.unit_id,
            requirements.form,
            requirements.feeds_rollup,
            false as is_in_rollup,
            (versions.valid_to - 1)::date as resolve_on,
            'moved to another province' as reason
        from requirements
        inner join
            versions
            on versions.unit_level = requirements.unit_level
            and versions.valid_to > greatest(requirements.data_from, requirements.owed_from)
            and versions.valid_to <= requirements.resolve_on
        inner join
            units as roots
            on roots.unit_code = requirements.within_unit_code
            and roots.valid_from < versions.valid_to
            and roots.valid_to >= versions.valid_to
            and roots.unit_id in (versions.unit_id, versions.district_id, versions.province_id)
        inner join
            units on units.unit_id = versions.unit_id and units.valid_to > requirements.resolve_on
        where
            not exists (
                select 1
                from latest
                where
                    latest.programme_code = requirements.programme_code
                    and latest.period = requirements.period
                    and latest.agency_code = requirements.agency_code
                    and latest.unit_id = versions.unit_id
            )
    ),

    former as (
        select *
        from ended
        union all
        select *
        from moved_away
    )

select
    former.programme_code,
    former.period,
    former.unit_id,
    former.agency_code,
    units.unit_code,
    units.unit_level,
    units.partition_province_id,
    former.form,
    former.feeds_rollup,
    former.is_in_rollup,
    former.resolve_on,
    former.reason
from former
inner join units on units.unit_id = former.unit_id
