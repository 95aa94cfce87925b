-- int_rollups__from_below.sql: one row per indicator, measure, period, unit and basis where reports
-- are owed below the unit, with the figure made from their sums
{{ config(materialized="view") }}

with
    expected as (
        select expected.*
        from {{ ref("int_expected_reports__by_org_unit") }} as expected
        inner join
            {{ ref("int_periods__with_window") }} as periods
            on periods.programme_code = expected.programme_code
            and periods.period = expected.period
        where periods.data_from <= {{ obligations_as_of() }}
    ),

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

    -- the newest sums are a table; those of an earlier time are made when a session asks for them
    summed as (
        {% for sums, is_requested in [
            ("int_values__rolled_up", "not (" ~ has_as_of() ~ ")"),
            ("int_values__rolled_up_as_of", has_as_of()),
        ] -%}
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
                coalesce(sums.is_made_up, false) as is_made_up
            from expected
            inner join measures on measures.programme_code = expected.programme_code
            left join
                {{ ref(sums) }} as sums
                on sums.programme_code = expected.programme_code
                and sums.period = expected.period
                and sums.unit_id = expected.unit_id
                and sums.boundary_basis = expected.boundary_basis
                and sums.indicator_code = measures.indicator_code
                and sums.measure = measures.measure
            where
                {{ is_requested }}
                and (
                    measures.measure <> 'share'
                    or expected.boundary_basis = 'as_reported'
                    or not expected.is_restated
                )
                {{ "union all" if not loop.last }}
        {% endfor %}
    ),

    figures as (
        select
            *,
            {{ capped_high("low", "uncapped_high", "measure", "hard_max") }} as high,
            true as low_closed,
            true as high_closed
        from summed
    )

    {{ computed_figure("figures") }}
