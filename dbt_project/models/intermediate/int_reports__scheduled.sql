-- int_reports__scheduled.sql: one row per report that may be sent: a unit, an agency, a period
-- The unit is the one that exists on the day of the deadline, or where the plan names none on the
-- last day of the data window; a code in a file means the unit that bears it on that day.
{{
    config(
        indexes=[
            {
                "columns": ["programme_code", "period", "unit_code", "agency_code"],
                "unique": true,
            },
        ]
    )
}}

with
    reporters as (select * from {{ ref("reporters") }}),

    periods as (select * from {{ ref("periods") }}),

    deadlines as (select * from {{ ref("int_deadlines__dated") }}),

    exemptions as (select * from {{ ref("exemptions") }}),

    units as (select * from {{ ref("int_org_units__identified") }}),

    asked as (
        select reporters.*, periods.period, periods.kind, periods.data_to
        from reporters
        inner join
            periods
            on periods.programme_code = reporters.programme_code
            and periods.period between reporters.period_from and reporters.period_to
    ),

    -- the date of the level, which may be none, and those that single units have for themselves
    called_for as (
        {% for whose in ("level", "unit") -%}
            select
                asked.*,
                deadlines.unit_code as dated_unit_code,
                coalesce(deadlines.deadline_on, asked.data_to) as resolve_on,
                deadlines.last_on_time_on,
                deadlines.deadline_at,
                deadlines.revision as deadline_revision,
                deadlines.phrase_vi as deadline_phrase_vi
            from asked {{ "left" if whose == "level" else "inner" }}
            join
                deadlines
                on deadlines.programme_code = asked.programme_code
                and deadlines.period = asked.period
                and deadlines.unit_level = asked.unit_level
                and deadlines.agency_code = asked.agency_code
                and deadlines.unit_code is {{ "null" if whose == "level" else "not null" }}
                {{ "union all" if not loop.last }}
        {% endfor %}
    )

select
    called_for.programme_code,
    called_for.period,
    units.unit_id,
    called_for.agency_code,
    units.unit_code,
    units.unit_level,
    units.family_id,
    called_for.form,
    called_for.is_owed and called_for.kind = 'owed' and exemptions.act is null as is_owed,
    called_for.feeds_rollup,
    called_for.resolve_on,
    called_for.last_on_time_on,
    called_for.deadline_at,
    called_for.deadline_revision,
    called_for.deadline_phrase_vi,
    case
        when called_for.kind = 'baseline'
        then 'baseline'
        when not called_for.is_owed
        then 'voluntary'
        when exemptions.act is not null
        then 'exempt by ' || exemptions.act
        else 'active'
    end as reason
from called_for
inner join
    units
    on units.unit_level = called_for.unit_level
    and units.lives_from <= called_for.resolve_on
    and units.lives_to > called_for.resolve_on
inner join
    units as roots
    on roots.unit_code = called_for.within_unit_code
    and roots.lives_from <= called_for.resolve_on
    and roots.lives_to > called_for.resolve_on
    and roots.unit_id in (units.unit_id, units.district_id, units.province_id)
left join
    exemptions
    on exemptions.programme_code = called_for.programme_code
    and exemptions.period = called_for.period
    and exemptions.unit_code = units.unit_code
    and exemptions.agency_code = called_for.agency_code
left join
    deadlines as own
    on own.programme_code = called_for.programme_code
    and own.period = called_for.period
    and own.unit_level = called_for.unit_level
    and own.agency_code = called_for.agency_code
    and own.unit_code = units.unit_code
where called_for.dated_unit_code is not distinct from own.unit_code
