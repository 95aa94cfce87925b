-- int_denominators__last_reported.sql: one row per indicator, measure, period, unit above and
-- basis, with the denominator that the units that have not reported had when they last did
-- Beside the denominator that was reported it says how much of the known one is covered. Stored,
-- because each line that is missing has to be looked up; few are, so few rows are kept.
-- depends_on: {{ ref("int_figure_partitions__with_history") }}
{{
    config(
        materialized="stored_mart",
        meta={
            "partitions_from": "int_figure_partitions__with_history",
            "published_with": "fct_target_progress",
        },
        indexes=[
            {
                "columns": [
                    "unit_id",
                    "period",
                    "programme_code",
                    "indicator_code",
                    "measure",
                    "boundary_basis",
                ],
                "unique": true,
            }
        ],
    )
}}

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

    -- read report by report through the index of units; most lines hold, and of an equality of two
    -- columns the planner would expect one in two hundred
    current_values as not materialized(
        select *
        from {{ ref("int_values__versioned") }}
        where
            case when denominator_low = denominator_high then {{ is_valid_as_of() }} else false end
    ),

    -- both bases of a unit above in one row: a report is looked up once for them
    units_above as (
        select
            unit_id,
            rollup_unit_id,
            rollup_unit_code,
            array_agg(boundary_basis order by boundary_basis) as bases,
            array_agg(weight order by boundary_basis) as weights
        from {{ ref("int_org_units__rollup_units") }}
        group by 1, 2, 3
    ),

    -- looked up report by report, of the units that are built: an anti join would sort every value
    -- there is to find the few that are not there
    missing as (
        select
            units_above.*,
            scheduled.programme_code,
            scheduled.period,
            scheduled.agency_code,
            line.indicator_code,
            line.measure,
            periods.data_from
        from units_above
        inner join scheduled on scheduled.unit_id = units_above.unit_id
        inner join
            periods
            on periods.programme_code = scheduled.programme_code
            and periods.period = scheduled.period
        cross join
            lateral(
                select indicator_code, measure
                from measures
                where
                    measures.programme_code = scheduled.programme_code
                    and measures.unit_level = scheduled.unit_level
                except
                select indicator_code, measure
                from current_values
                where
                    current_values.programme_code = scheduled.programme_code
                    and current_values.period = scheduled.period
                    and current_values.unit_id = scheduled.unit_id
                    and current_values.agency_code = scheduled.agency_code
            ) as line
        where periods.data_from <= {{ obligations_as_of() }}
    )

select
    missing.programme_code,
    missing.indicator_code,
    missing.measure,
    missing.period,
    missing.rollup_unit_id as unit_id,
    missing.rollup_unit_code as unit_code,
    located.boundary_basis,
    sum(last_reported.denominator_low * located.weight) as missing_denominator
from missing
cross join
    lateral(
        -- from the newest period back, until one has the line
        select found.denominator_low
        from
            (
                select period, data_from
                from periods
                where programme_code = missing.programme_code and data_from < missing.data_from
                order by data_from desc
                offset 0
            ) as earlier
        cross join
            lateral(
                select current_values.denominator_low
                from current_values
                where
                    current_values.programme_code = missing.programme_code
                    and current_values.period = earlier.period
                    and current_values.unit_id = missing.unit_id
                    and current_values.agency_code = missing.agency_code
                    and current_values.indicator_code = missing.indicator_code
                    and current_values.measure = missing.measure
                offset 0
            ) as found
        order by earlier.data_from desc
        limit 1
    ) as last_reported
cross join unnest(missing.bases, missing.weights) as located(boundary_basis, weight)
group by 1, 2, 3, 4, 5, 6, 7
