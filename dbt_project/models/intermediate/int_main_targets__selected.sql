-- int_main_targets__selected.sql: one row per indicator, period, level of unit and unit with a list
-- of targets of its own (none: every other unit of the level), with the target that decides for
-- its figures
-- Of the targets whose year is not past the unit's own comes first, then its district's, then the
-- province's, and of each the nearest year; where all are past it is the latest of them. A province
-- without a target of its own is shown against that of its districts. The nation's never decides,
-- nor does an agency's.
with
    targets as (
        select *
        from {{ ref("int_targets__applied") }}
        where
            target_scope not in ('national', 'agency')
            and unit_level in ('commune', 'district', 'province')
    ),

    periods as (
        select programme_code, period, extract(year from data_to)::integer as period_year
        from {{ ref("int_periods__with_window") }}
    ),

    ranked as (
        select
            targets.programme_code,
            targets.indicator_code,
            periods.period,
            targets.unit_level,
            targets.unit_id,
            targets.target_scope,
            targets.target_year,
            row_number() over (
                partition by
                    targets.programme_code,
                    targets.indicator_code,
                    periods.period,
                    targets.unit_level,
                    targets.unit_id
                order by
                    targets.target_year < periods.period_year,
                    greatest(periods.period_year - targets.target_year, 0),
                    case
                        when targets.target_scope = targets.unit_level
                        then 0
                        when targets.target_scope = 'district'
                        then 1
                        else 2
                    end,
                    abs(targets.target_year - periods.period_year)
            ) as priority
        from targets
        inner join periods on periods.programme_code = targets.programme_code
    )

select programme_code, indicator_code, period, unit_level, unit_id, target_scope, target_year
from ranked
where priority = 1
