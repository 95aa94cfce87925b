-- int_expected_reports__former_units.sql: one row per report that a unit could send before it ended
-- or moved away within the period
-- Nobody owes it any more; what came of it is valid, and may be corrected and withdrawn. Whatever
-- became of the unit, one that ended goes on counting (is_in_rollup); one that moved to where
-- nobody
-- reports does not.
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

    exemptions as (
        select *
        from {{ ref("int_exemptions__revised") }}
        where act is not null and decided_to = 'infinity'
    ),

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

    -- the last time in which one of its parents had it report
    former as (
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
            (versions.valid_to - 1)::date as resolve_on,
            units.valid_to = versions.valid_to as has_ended,
            units.unit_code,
            units.unit_level,
            units.partition_province_id
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
        inner join units on units.unit_id = versions.unit_id
        order by
            requirements.programme_code,
            requirements.period,
            requirements.agency_code,
            versions.unit_id,
            versions.valid_to desc
    )

select
    former.programme_code,
    former.period,
    former.unit_id,
    former.agency_code,
    former.unit_code,
    former.unit_level,
    former.partition_province_id,
    former.form,
    former.feeds_rollup,
    former.has_ended
    and former.feeds_rollup
    and former.form = 'figures'
    and not exists (
        select 1
        from exemptions
        where
            exemptions.programme_code = former.programme_code
            and exemptions.period = former.period
            and exemptions.unit_code = former.unit_code
            and exemptions.agency_code = former.agency_code
    ) as is_in_rollup,
    former.has_ended,
    former.resolve_on,
    case
        when former.has_ended then 'ended within the period' else 'moved to another province'
    end as reason
from former
left join
    latest
    on latest.programme_code = former.programme_code
    and latest.period = former.period
    and latest.agency_code = former.agency_code
    and latest.unit_id = former.unit_id
where latest.unit_id is null
