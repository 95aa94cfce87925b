-- int_expected_reports__history.sql: one row per report that may be sent (a unit, an agency, a
-- period) and
-- span of time in which its terms were these
-- Terms change by decision: a deadline is set or moved, an act excuses the unit. Nothing is owed
-- before the programme begins, or the reporter is named. The unit is the one that exists on the day
-- of the deadline, or where there is none on the last day of the data window; a code in a file
-- means the unit that bears it on that day.
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
        ]
    )
}}

with
    reporters as (select * from {{ ref("reporters") }}),

    programmes as (select * from {{ ref("programmes") }}),

    periods as (select * from {{ ref("int_periods__with_window") }}),

    deadlines as (select * from {{ ref("int_deadlines__revised") }}),

    exemptions as (select * from {{ ref("exemptions") }}),

    units as (select * from {{ ref("int_org_units__resolved") }}),

    asked as (
        select
            reporters.*,
            periods.period,
            periods.kind,
            periods.data_to,
            greatest(programmes.starts_on, reporters.decided_on) as owed_from
        from reporters
        inner join programmes on programmes.programme_code = reporters.programme_code
        inner join
            periods
            on periods.programme_code = reporters.programme_code
            and {{ first_day_of("periods.period") }} >= {{ first_day_of("reporters.period_from") }}
            and {{ last_day_of("periods.period") }} <= {{ last_day_of("reporters.period_to") }}
    ),

    first_dated as (
        select
            programme_code,
            period,
            unit_level,
            agency_code,
            unit_code,
            min(decided_from) as decided_from
        from deadlines
        group by 1, 2, 3, 4, 5
    ),

    -- the dates of the level and of single units, and the time before the level had any
    called_for as (
        select
            asked.*,
            deadlines.unit_code as dated_unit_code,
            deadlines.deadline_on,
            deadlines.last_on_time_on,
            deadlines.deadline_at,
            deadlines.revision as deadline_revision,
            deadlines.phrase_vi as deadline_phrase_vi,
            deadlines.decided_on as deadline_decided_on,
            deadlines.former_last_on_time_on,
            deadlines.decided_from,
            deadlines.decided_to
        from asked
        inner join
            deadlines
            on deadlines.programme_code = asked.programme_code
            and deadlines.period = asked.period
            and deadlines.unit_level = asked.unit_level
            and deadlines.agency_code = asked.agency_code
        union all
        select
            asked.*,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            '-infinity',
            coalesce(first_dated.decided_from, 'infinity')
        from asked
        left join
            first_dated
            on first_dated.programme_code = asked.programme_code
            and first_dated.period = asked.period
            and first_dated.unit_level = asked.unit_level
            and first_dated.agency_code = asked.agency_code
            and first_dated.unit_code is null
    ),

    resolved as (
        select *, coalesce(deadline_on, data_to) as resolve_on
        from called_for
        where decided_from < decided_to
    ),

    -- a date of its own takes the place of the level's
    borne as (
        select
            resolved.*,
            units.unit_id,
            units.unit_code,
            units.current_province_id,
            case
                when resolved.dated_unit_code is null
                then least(resolved.decided_to, own.decided_from)
                else resolved.decided_to
            end as held_to,
            exemptions.act,
            case
                when exemptions.act is null
                then 'infinity'
                else {{ start_of_day("exemptions.decided_on") }}
            end as exempt_from,
            case
                when resolved.kind = 'baseline'
                then 'baseline'
                when not resolved.is_owed
                then 'voluntary'
                when coalesce(resolved.last_on_time_on, resolved.data_to) < resolved.owed_from
                then 'before the start'
            end as not_owed_for
        from resolved
        inner join
            units
            on units.unit_level = resolved.unit_level
            and units.valid_from <= resolved.resolve_on
            and units.valid_to > resolved.resolve_on
            and units.unit_code = coalesce(resolved.dated_unit_code, units.unit_code)
        inner join
            units as roots
            on roots.unit_code = resolved.within_unit_code
            and roots.valid_from <= resolved.resolve_on
            and roots.valid_to > resolved.resolve_on
            and roots.unit_id in (units.unit_id, units.district_id, units.province_id)
        left join
            exemptions
            on exemptions.programme_code = resolved.programme_code
            and exemptions.period = resolved.period
            and exemptions.unit_code = units.unit_code
            and exemptions.agency_code = resolved.agency_code
        left join
            first_dated as own
            on own.programme_code = resolved.programme_code
            and own.period = resolved.period
            and own.unit_level = resolved.unit_level
            and own.agency_code = resolved.agency_code
            and own.unit_code = units.unit_code
    )

select
    borne.programme_code,
    borne.period,
    borne.unit_id,
    borne.agency_code,
    greatest(told.decided_from, {{ start_of_day("borne.owed_from") }}) as decided_from,
    told.decided_to,
    borne.unit_code,
    borne.unit_level,
    borne.current_province_id,
    borne.form,
    borne.not_owed_for is null and told.act is null as is_owed,
    borne.feeds_rollup,
    borne.owed_from,
    borne.resolve_on,
    borne.last_on_time_on,
    borne.former_last_on_time_on,
    borne.deadline_at,
    borne.deadline_revision,
    borne.deadline_phrase_vi,
    borne.deadline_decided_on,
    coalesce(borne.not_owed_for, 'exempt by ' || told.act, 'active') as reason
from borne
cross join
    lateral(
        values
            (borne.decided_from, least(borne.held_to, borne.exempt_from), null),
            (greatest(borne.decided_from, borne.exempt_from), borne.held_to, borne.act)
    ) as told(decided_from, decided_to, act)
where greatest(told.decided_from, {{ start_of_day("borne.owed_from") }}) < told.decided_to
