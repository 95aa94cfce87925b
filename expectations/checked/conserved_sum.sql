-- conserved_sum.sql: one row per province and sum of it and of the units within it, on
-- today's map
-- In it lie the units that owe reports, the heirs of those that ended, and the row "unallocated".
-- A sum that is known only to lie between two ends is left to the tests of the models.
with
    -- whose figures are added up, and who has a figure that was added up
    added_up as (
        select programme_code, period, unit_id
        from app.expected_report
        where
            is_owed
            and feeds_rollup
            and programme_code = any(%(programmes)s)
            and period = any(%(periods)s)
        union
        select programme_code, period, unit_id
        from app.expected_rollup
        where is_owed and programme_code = any(%(programmes)s) and period = any(%(periods)s)
    ),

    -- figures of a unit from an agency that does not owe them, where another one owes the report
    reported_beside as (
        select
            scheduled.programme_code, scheduled.period, scheduled.unit_id, assigned.indicator_code
        from app.expected_report as scheduled
        inner join
            app.indicator_agency as assigned
            on assigned.programme_code = scheduled.programme_code
            and assigned.agency_code = scheduled.agency_code
            and assigned.is_figure
        where
            not (scheduled.is_owed and scheduled.feeds_rollup)
            and scheduled.programme_code = any(%(programmes)s)
            and scheduled.period = any(%(periods)s)
            and exists (
                select 1
                from app.expected_report as owing
                where
                    owing.programme_code = scheduled.programme_code
                    and owing.period = scheduled.period
                    and owing.unit_id = scheduled.unit_id
                    and owing.is_owed
                    and owing.feeds_rollup
            )
    ),

    figures as (
        select
            figures.programme_code,
            figures.indicator_code,
            figures.period,
            figures.measure,
            coalesce(units.current_province_id, split_part(figures.unit_id, '/', 1)) as province_id,
            figures.unit_level,
            figures.numerator,
            figures.denominator,
            figures.numerator is null
            and figures.units_reporting > figures.units_value_only as is_inexact
        from marts.fct_indicator_rollup as figures
        inner join
            added_up
            on added_up.programme_code = figures.programme_code
            and added_up.period = figures.period
            and added_up.unit_id = figures.unit_id
        left join app.org_unit as units on units.unit_id = figures.unit_id
        where
            figures.programme_code = any(%(programmes)s)
            and figures.period = any(%(periods)s)
            and (%(units)s::text[] is null or figures.unit_id = any(%(units)s))
            and figures.boundary_basis = 'current'
            and figures.measure in ('rate', 'count', 'change')
            -- looked up in a hash of them; a join would be planned as if there were one
            and (figures.programme_code, figures.period, figures.unit_id, figures.indicator_code)
            not in (select programme_code, period, unit_id, indicator_code from reported_beside)
    )

select
    programme_code,
    indicator_code,
    period,
    measure,
    province_id,
    sum(numerator) filter (where unit_level = 'province') as numerator,
    sum(denominator) filter (where unit_level = 'province') as denominator,
    sum(numerator) filter (where unit_level <> 'province') as numerator_within,
    sum(denominator) filter (where unit_level <> 'province') as denominator_within
from figures
group by 1, 2, 3, 4, 5
having
    not bool_or(is_inexact)
    and count(*) filter (where unit_level = 'province') = 1
    and count(*) filter (where unit_level <> 'province') > 0
