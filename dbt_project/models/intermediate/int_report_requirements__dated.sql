-- int_report_requirements__dated.sql: one row per reporter of the catalogue, period and deadline
-- revision: of its level (unit_code empty) or of one unit
-- Time before the level had a dated deadline is a row of its own, without one. resolve_on: whoever
-- bears a code on this day is meant: the deadline's day, else the last day of the data window.
with
    reporters as (select * from {{ ref("reporters") }}),

    programmes as (select * from {{ ref("programmes") }}),

    periods as (select * from {{ ref("int_periods__with_window") }}),

    deadlines as (select * from {{ ref("int_deadlines__revised") }}),

    required as (
        select
            reporters.*,
            periods.period,
            periods.kind,
            periods.data_from,
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

    first_decided as (
        select programme_code, period, unit_level, agency_code, min(decided_from) as decided_from
        from deadlines
        where unit_code is null
        group by 1, 2, 3, 4
    ),

    dated as (
        select
            required.*,
            deadlines.unit_code,
            deadlines.deadline_on,
            deadlines.last_on_time_on,
            deadlines.deadline_at,
            deadlines.revision as deadline_revision,
            deadlines.phrase_vi as deadline_phrase_vi,
            deadlines.decided_on as deadline_decided_on,
            deadlines.former_last_on_time_on,
            deadlines.decided_from,
            deadlines.decided_to
        from required
        inner join
            deadlines
            on deadlines.programme_code = required.programme_code
            and deadlines.period = required.period
            and deadlines.unit_level = required.unit_level
            and deadlines.agency_code = required.agency_code
        union all
        select
            required.*,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            '-infinity',
            coalesce(first_decided.decided_from, 'infinity')
        from required
        left join
            first_decided
            on first_decided.programme_code = required.programme_code
            and first_decided.period = required.period
            and first_decided.unit_level = required.unit_level
            and first_decided.agency_code = required.agency_code
    )

select
    programme_code,
    period,
    unit_level,
    agency_code,
    within_unit_code,
    unit_code,
    decided_from,
    decided_to,
    form,
    feeds_rollup,
    is_owed as is_required,
    kind,
    data_from,
    data_to,
    owed_from,
    coalesce(deadline_on, data_to) as resolve_on,
    last_on_time_on,
    former_last_on_time_on,
    deadline_at,
    deadline_revision,
    deadline_phrase_vi,
    deadline_decided_on
from dated
where decided_from < decided_to
