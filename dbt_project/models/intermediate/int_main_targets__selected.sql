-- int_main_targets__selected.sql: one row per indicator, period, level of unit and unit with
-- targets
-- of its own (none: every other unit of the level), with the target that decides for its figures
-- Of the targets whose year is not past the unit's own comes first, then its district's, then the
-- province's, and of each the nearest year; where all are past it is the latest of them. A province
-- without a target of its own is shown against that of its districts. The nation's never decides.
with
    targets as (select * from {{ ref("targets") }} where target_scope <> 'national'),

    periods as (
        select programme_code, period, extract(year from data_to)::integer as period_year
        from {{ ref("int_periods__with_window") }}
    ),

    units as (
        select distinct
            programme_code, indicator_code, 'commune' as unit_level, bound_unit_code as unit_code
        from targets
        where target_scope = 'commune'
        union all
        select distinct targets.programme_code, targets.indicator_code, levels.unit_level, null
        from targets
        cross join unnest(array['commune', 'district', 'province']) as levels(unit_level)
    ),

    ranked as (
        select
            units.*,
            periods.period,
            targets.target_scope,
            targets.target_year,
            row_number() over (
                partition by
                    units.programme_code,
                    units.indicator_code,
                    periods.period,
                    units.unit_level,
                    units.unit_code
                order by
                    targets.target_year < periods.period_year,
                    greatest(periods.period_year - targets.target_year, 0),
                    case
                        when targets.target_scope = units.unit_level
                        then 0
                        when targets.target_scope = 'district'
                        then 1
                        else 2
                    end,
                    abs(targets.target_year - periods.period_year)
            ) as priority
        from units
        inner join
            targets
            on targets.programme_code = units.programme_code
            and targets.indicator_code = units.indicator_code
            and (targets.target_scope <> 'commune' or targets.bound_unit_code = units.unit_code)
        inner join periods on periods.programme_code = units.programme_code
    )

select programme_code, indicator_code, period, unit_level, unit_code, target_scope, target_year
from ranked
where priority = 1
