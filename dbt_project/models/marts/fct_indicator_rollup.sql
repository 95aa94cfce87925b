-- fct_indicator_rollup.sql: one row per indicator, measure, period, unit and basis: the figure
-- and how far it reaches
-- A place that reports are owed to is told from what came from below; any other unit by its own
-- report.
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

    told as (select * from {{ ref("int_values__computed") }} where {{ is_valid_as_of() }}),

    assigned as (select * from {{ ref("int_indicators__assigned") }} where is_figure),

    bases as (select * from (values ('as_reported'), ('current')) as names(boundary_basis)),

    units as (select * from {{ ref("int_org_units__resolved") }}),

    -- the sums stand ready for the newest word; those of an earlier moment are made when asked for
    summed as (
        {% for sums, is_asked_for in [
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
                {{ computed_high("measures.measure", "measures.factor") }} as high,
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
                {{ is_asked_for }}
                and (
                    measures.measure <> 'share'
                    or expected.boundary_basis = 'as_reported'
                    or not expected.is_restated
                )
                {{ "union all" if not loop.last }}
        {% endfor %}
    ),

    from_below as (
        select
            programme_code,
            indicator_code,
            period,
            unit_id,
            unit_code,
            boundary_basis,
            measure,
            unit_level,
            aggregation,
            min_coverage_pct,
            numerator_low,
            numerator_high,
            denominator_low,
            denominator_high,
            low,
            {{ capped_high("low", "high", "measure", "hard_max") }} as high,
            true as low_closed,
            true as high_closed,
            units_expected,
            units_reporting,
            units_value_only,
            is_estimated,
            is_made_up
        from summed
    ),

    own as (
        select
            told.programme_code,
            told.indicator_code,
            told.period,
            told.unit_id,
            told.unit_code,
            bases.boundary_basis,
            told.measure,
            told.unit_level,
            told.aggregation,
            told.min_coverage_pct,
            case when not told.is_value_only then told.numerator_low end as numerator_low,
            case when not told.is_value_only then told.numerator_high end as numerator_high,
            case when not told.is_value_only then told.denominator_low end as denominator_low,
            case when not told.is_value_only then told.denominator_high end as denominator_high,
            told.low,
            told.high,
            told.low_closed,
            told.high_closed,
            case when told.value_status = 'not_applicable' then 0 else 1 end as units_expected,
            case when told.is_value_only or told.is_summable then 1 else 0 end as units_reporting,
            case
                when told.is_value_only and not told.is_summable then 1 else 0
            end as units_value_only,
            false as is_estimated,
            told.is_made_up
        from told
        inner join
            assigned
            on assigned.programme_code = told.programme_code
            and assigned.indicator_code = told.indicator_code
            and assigned.agency_code = told.agency_code
        inner join units on units.unit_id = told.unit_id
        inner join bases on bases.boundary_basis = 'as_reported' or units.valid_to = 'infinity'
        where
            (told.is_primary or told.is_summable)
            and not exists (
                select 1
                from expected
                where
                    expected.programme_code = told.programme_code
                    and expected.period = told.period
                    and expected.unit_id = told.unit_id
            )
    ),

    figures as (
        select *
        from from_below
        union all
        select *
        from own
    ),

    covered as (
        select *, units_reporting * 100.0 / nullif(units_expected, 0) as coverage_pct from figures
    )

select
    covered.programme_code,
    covered.indicator_code,
    covered.period,
    covered.unit_id,
    covered.unit_code,
    covered.boundary_basis,
    covered.measure,
    covered.unit_level,
    covered.aggregation,
    {{ exact_or_null("numerator_low", "numerator_high") }} as numerator,
    {{ exact_or_null("denominator_low", "denominator_high") }} as denominator,
    {{ exact_or_null("low", "high") }} as value,
    {{ finite_or_null("low") }} as value_low,
    {{ finite_or_null("high") }} as value_high,
    low_closed,
    high_closed,
    units_expected::integer as units_expected,
    units_reporting::integer as units_reporting,
    units_value_only::integer as units_value_only,
    covered.coverage_pct,
    coalesce(covered.coverage_pct < covered.min_coverage_pct, true) as is_provisional,
    covered.is_estimated,
    covered.is_made_up
from covered
