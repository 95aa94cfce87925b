-- int_rollups__from_below.sql: one row per indicator, measure, period, unit and basis where reports
-- are owed below the unit, with the figure made from their sums
-- depends_on: {{ ref("int_values__rolled_up_as_of") }}
{{ config(materialized="replaced_view") }}

with
    expected as (select * from {{ ref("int_expected_reports__counted") }}),

    measures as (
        select distinct
            programme_code,
            indicator_code,
            rollup_measure as measure,
            aggregation,
            factor,
            hard_max,
            min_coverage_pct
        from {{ ref("int_indicator_measures__by_level") }}
        where rollup_measure is not null
    ),

    assigned as (select * from {{ ref("int_indicators__assigned") }} where is_figure),

    own_values as (
        select programme_code, period, unit_id, agency_code
        from {{ ref("int_values__versioned") }}
        where {{ is_valid_as_of() }}
    ),

    -- a table of the newest; the twin of this view makes the sums of an earlier time
    summed as (
        select
            expected.programme_code,
            measures.indicator_code,
            expected.period,
            expected.unit_id,
            expected.unit_code,
            expected.boundary_basis,
            measures.measure,
            expected.unit_level,
            measures.aggregation,
            measures.hard_max,
            measures.min_coverage_pct,
            sums.numerator_low,
            sums.numerator_high,
            sums.denominator_low,
            sums.denominator_high,
            {{ computed_low("measures.measure", "measures.factor") }} as low,
            {{ computed_high("measures.measure", "measures.factor") }} as uncapped_high,
            expected.units_expected - coalesce(sums.units_not_applicable, 0) as units_expected,
            coalesce(sums.units_reporting, 0) as units_reporting,
            coalesce(sums.units_value_only, 0) as units_value_only,
            coalesce(sums.is_estimated, false) as is_estimated,
            coalesce(sums.has_predecessors, false) as has_predecessors,
            coalesce(sums.is_made_up, false) as is_made_up
        from expected
        inner join
            assigned
            on assigned.programme_code = expected.programme_code
            and assigned.agency_code = expected.agency_code
        inner join
            measures
            on measures.programme_code = assigned.programme_code
            and measures.indicator_code = assigned.indicator_code
        left join
            {{ ref("int_values__rolled_up") }} as sums
            on sums.programme_code = expected.programme_code
            and sums.period = expected.period
            and sums.unit_id = expected.unit_id
            and sums.boundary_basis = expected.boundary_basis
            and sums.indicator_code = measures.indicator_code
            and sums.measure = measures.measure
        where
            (
                measures.measure <> 'share'
                or expected.boundary_basis = 'as_reported'
                or not expected.is_restated
            )
            -- nobody owes a baseline: a report of the unit's own counts before a sum
            and (
                expected.is_owed
                or sums.unit_id is not null
                and not exists (
                    select 1
                    from own_values
                    where
                        own_values.programme_code = expected.programme_code
                        and own_values.period = expected.period
                        and own_values.unit_id = expected.unit_id
                        and own_values.agency_code = expected.agency_code
                )
            )
    ),

    figures as (
        select
            *,
            {{ capped_high("low", "uncapped_high", "measure", "hard_max") }} as high,
            true as low_closed,
            true as high_closed
        from summed
    )

    {{ computed_figure("figures", is_rolled_up=true) }}
