-- int_denominators__last_reported.sql: one row per indicator, measure, period, place and basis
-- with those
-- among whom the units that are silent counted when they last reported
-- Beside the denominator that reported it tells how much of the known one did.
{{ config(materialized="replaced_view") }}

with
    scheduled as (
        select *
        from {{ ref("int_expected_reports__latest") }}
        where is_owed and feeds_rollup and form = 'figures'
    ),

    measures as (
        select *
        from {{ ref("int_indicator_measures__by_level") }}
        where rollup_measure in ('rate', 'change')
    ),

    periods as (select * from {{ ref("int_periods__with_window") }}),

    -- read line by line through the index of units
    told as not materialized(
        select *
        from {{ ref("int_values__versioned") }}
        where denominator_low = denominator_high and {{ is_valid_as_of() }}
    ),

    places as (select * from {{ ref("int_org_units__rollup_units") }}),

    silent as (
        select
            scheduled.programme_code,
            scheduled.period,
            scheduled.unit_id,
            scheduled.agency_code,
            measures.indicator_code,
            measures.measure,
            periods.data_from
        from scheduled
        inner join
            measures
            on measures.programme_code = scheduled.programme_code
            and measures.unit_level = scheduled.unit_level
        inner join
            periods
            on periods.programme_code = scheduled.programme_code
            and periods.period = scheduled.period
        where
            periods.data_from <= {{ obligations_as_of() }}
            and not exists (
                select 1
                from told
                where
                    told.programme_code = scheduled.programme_code
                    and told.period = scheduled.period
                    and told.unit_id = scheduled.unit_id
                    and told.agency_code = scheduled.agency_code
                    and told.indicator_code = measures.indicator_code
                    and told.measure = measures.measure
            )
    )

select
    silent.programme_code,
    silent.indicator_code,
    silent.measure,
    silent.period,
    places.rollup_unit_id as unit_id,
    places.boundary_basis,
    sum(last_told.denominator_low * places.weight) as missing_denominator
from silent
cross join
    lateral(
        select told.denominator_low
        from told
        inner join
            periods on periods.programme_code = told.programme_code and periods.period = told.period
        where
            told.programme_code = silent.programme_code
            and told.unit_id = silent.unit_id
            and told.agency_code = silent.agency_code
            and told.indicator_code = silent.indicator_code
            and told.measure = silent.measure
            and periods.data_from < silent.data_from
        order by periods.data_from desc
        limit 1
    ) as last_told
inner join places on places.unit_id = silent.unit_id
group by 1, 2, 3, 4, 5, 6
