-- fct_indicator_rollup.sql: one row per indicator, measure, period, unit and basis: the figure
-- and how far it reaches
-- A place that reports are owed to is told from what came from below; any other unit by its own
-- report.
with
    expected as (
        select expected.*
        from {{ ref("int_reports__expected") }} as expected
        inner join
            {{ ref("int_periods__dated") }} as periods
            on periods.programme_code = expected.programme_code
            and periods.period = expected.period
        where periods.data_from <= {{ moment() }}
    ),

    measures as (
        select distinct
            programme_code,
            indicator_code,
            rolls_into as measure,
            aggregation,
            factor,
            hard_max,
            min_coverage_pct
        from {{ ref("int_indicators__measured") }}
        where rolls_into is not null
    ),

    told as (select * from {{ ref("int_values__figured") }} where {{ is_told() }}),

    assigned as (select * from {{ ref("int_indicators__assigned") }} where is_figure),

    bases as (select * from (values ('as_reported'), ('current')) as names(boundary_basis)),

    units as (select * from {{ ref("int_org_units__identified") }}),

    -- the sums stand ready for the newest word; those of an earlier moment are made when asked for
    summed as (
        {% for sums, is_asked_for in [
            ("int_values__rolled_up", "not (" ~ is_looking_back() ~ ")"),
            ("int_values__rolled_up_then", is_looking_back()),
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
                sums.n_low,
                sums.n_high,
                sums.d_low,
                sums.d_high,
                {{ figure_low("measures.measure", "measures.factor") }} as low,
                {{ figure_high("measures.measure", "measures.factor") }} as high,
                expected.units_expected - coalesce(sums.units_not_applicable, 0) as units_expected,
                coalesce(sums.units_reporting, 0) as units_reporting,
                coalesce(sums.units_without_parts, 0) as units_without_parts,
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
            n_low,
            n_high,
            d_low,
            d_high,
            low,
            {{ possible_high("low", "high", "measure", "hard_max") }} as high,
            true as low_closed,
            true as high_closed,
            units_expected,
            units_reporting,
            units_without_parts,
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
            case when not told.is_bare then told.n_low end as n_low,
            case when not told.is_bare then told.n_high end as n_high,
            case when not told.is_bare then told.d_low end as d_low,
            case when not told.is_bare then told.d_high end as d_high,
            told.low,
            told.high,
            told.low_closed,
            told.high_closed,
            case when told.value_status = 'not_applicable' then 0 else 1 end as units_expected,
            case when told.is_bare or told.has_parts then 1 else 0 end as units_reporting,
            case when told.is_bare and not told.has_parts then 1 else 0 end as units_without_parts,
            false as is_estimated,
            told.is_made_up
        from told
        inner join
            assigned
            on assigned.programme_code = told.programme_code
            and assigned.indicator_code = told.indicator_code
            and assigned.agency_code = told.agency_code
        inner join units on units.unit_id = told.unit_id
        inner join bases on bases.boundary_basis = 'as_reported' or units.lives_to = 'infinity'
        where
            (told.is_primary or told.has_parts)
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
    {{ exact("n_low", "n_high") }} as numerator,
    {{ exact("d_low", "d_high") }} as denominator,
    {{ exact("low", "high") }} as value,
    {{ finite("low") }} as value_low,
    {{ finite("high") }} as value_high,
    low_closed,
    high_closed,
    units_expected::integer as units_expected,
    units_reporting::integer as units_reporting,
    units_without_parts::integer as units_without_parts,
    covered.coverage_pct,
    coalesce(covered.coverage_pct < covered.min_coverage_pct, true) as is_provisional,
    covered.is_estimated,
    covered.is_made_up
from covered
