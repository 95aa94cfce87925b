-- int_expected_reports__history.sql: one row per report that may be sent (a unit, an agency, a
-- period) and span of time in which its terms were these
-- Terms change by decision: a deadline is set or moved, an act exempts the unit. Nothing is owed
-- before the programme begins or the reporter is named. The unit is the one that exists on the day
-- of the deadline, or where there is none on the last day of the data window.
-- is_in_rollup: its parts are added up for the units above. A baseline is, although nobody owes it.
{{
    config(
        indexes=[
            {
                "columns": [
                    "programme_code",
                    "period",
                    "unit_code",
                    "agency_code",
                    "decided_from",
                ],
                "unique": true,
            },
            {"columns": ["unit_id"]},
        ]
    )
}}

with
    requirements as (select * from {{ ref("int_report_requirements__dated") }}),

    exemptions as (select * from {{ ref("int_exemptions__revised") }}),

    -- read twice: the planner has to see through to the index
    units as not materialized(select * from {{ ref("int_org_units__resolved") }}),

    versions as (select * from {{ ref("int_org_unit_versions__resolved") }}),

    own_dates as (
        select
            programme_code,
            period,
            unit_level,
            agency_code,
            unit_code,
            min(decided_from) as decided_from
        from requirements
        where unit_code is not null
        group by 1, 2, 3, 4, 5
    ),

    -- a date of the unit's own takes the place of its level's
    assigned as (
        select
            requirements.*,
            versions.unit_id,
            versions.unit_code as resolved_unit_code,
            case
                when requirements.unit_code is null
                then least(requirements.decided_to, own_dates.decided_from)
                else requirements.decided_to
            end as effective_to,
            exemptions.act,
            exemptions.decided_from as act_from,
            exemptions.decided_to as act_to,
            case
                when requirements.kind = 'baseline'
                then 'baseline'
                when not requirements.is_required
                then 'voluntary'
                when
                    coalesce(requirements.last_on_time_on, requirements.data_to)
                    < requirements.owed_from
                then 'before the start'
            end as not_owed_for
        from requirements
        inner join
            versions
            on versions.unit_level = requirements.unit_level
            and versions.valid_from <= requirements.resolve_on
            and versions.valid_to > requirements.resolve_on
            and versions.unit_code = coalesce(requirements.unit_code, versions.unit_code)
        inner join
            units as roots
            on roots.unit_code = requirements.within_unit_code
            and roots.valid_from <= requirements.resolve_on
            and roots.valid_to > requirements.resolve_on
            and roots.unit_id in (versions.unit_id, versions.district_id, versions.province_id)
        left join
            exemptions
            on exemptions.programme_code = requirements.programme_code
            and exemptions.period = requirements.period
            and exemptions.unit_code = versions.unit_code
            and exemptions.agency_code = requirements.agency_code
        left join
            own_dates
            on own_dates.programme_code = requirements.programme_code
            and own_dates.period = requirements.period
            and own_dates.unit_level = requirements.unit_level
            and own_dates.agency_code = requirements.agency_code
            and own_dates.unit_code = versions.unit_code
    )

select
    assigned.programme_code,
    assigned.period,
    assigned.unit_id,
    assigned.agency_code,
    greatest(
        assigned.decided_from, assigned.act_from, {{ start_of_day("assigned.owed_from") }}
    ) as decided_from,
    least(assigned.effective_to, assigned.act_to) as decided_to,
    assigned.resolved_unit_code as unit_code,
    assigned.unit_level,
    units.partition_province_id,
    assigned.within_unit_code,
    assigned.form,
    assigned.not_owed_for is null and assigned.act is null as is_owed,
    assigned.not_owed_for is null and assigned.act is not null as is_exempt,
    case when assigned.not_owed_for is null then assigned.act end as exempted_by,
    assigned.feeds_rollup,
    assigned.feeds_rollup
    and assigned.form = 'figures'
    and assigned.act is null
    and (
        assigned.not_owed_for is null or assigned.not_owed_for = 'baseline' and assigned.is_required
    ) as is_in_rollup,
    assigned.data_from,
    assigned.owed_from,
    assigned.resolve_on,
    assigned.last_on_time_on,
    assigned.former_last_on_time_on,
    assigned.deadline_at,
    assigned.deadline_revision,
    assigned.deadline_phrase_vi,
    assigned.deadline_decided_on,
    coalesce(assigned.not_owed_for, 'exempt by ' || assigned.act, 'active') as reason
from assigned
inner join units on units.unit_id = assigned.unit_id
where
    greatest(assigned.decided_from, assigned.act_from, {{ start_of_day("assigned.owed_from") }})
    < least(assigned.effective_to, assigned.act_to)
