-- fct_indicator_rollup.sql: one row per indicator, measure, period, unit and basis: the figure
-- and how far it reaches
-- A place that reports are owed to is told from what came from below; any other unit by its own
-- report.
with
    expected as (
        select expected.*
        from {{ ref("int_reports__expected") }} as expected
        inner join
            {{ ref("periods") }} as periods
            on periods.programme_code = expected.programme_code
            and periods.period = expected.period
        where periods.data_from <= {{ moment() }}
    ),

    measures as (
        select distinct programme_code, indicator_code, rolls_into as measure, aggregation, factor
        from {{ ref("int_indicators__measured") }}
        where rolls_into is not null
    ),

    indicators as (select * from {{ ref("indicators") }}),

    -- the sums stand ready for the newest word; those of an earlier moment are made when asked for
    summed as (
        select *
        from {{ ref("int_values__rolled_up") }}
        where not ({{ is_looking_back() }})
        union all
        select *
        from {{ ref("int_values__rolled_up_then") }}
        where {{ is_looking_back() }}
    ),

    told as (select * from {{ ref("int_values__figured") }} where {{ is_told() }}),

    assigned as (select * from {{ ref("int_indicators__assigned") }} where is_figure),

    bases as (select * from (values ('as_reported'), ('current')) as names(boundary_basis)),

    units as (select * from {{ ref("int_org_units__identified") }}),

    from_below as (
        select
            expected.programme_code,
            measures.indicator_code,
            expected.period,
            expected.unit_id,
            expected.unit_code,
            expected.boundary_basis,
            measures.measure,
            expected.unit_level,
            summed.n_low,
            summed.n_high,
            summed.d_low,
            summed.d_high,
            {{ figure_low("measures.measure", "measures.factor") }} as low,
            {{ figure_high("measures.measure", "measures.factor") }} as high,
            true as low_closed,
            true as high_closed,
            expected.units_expected - coalesce(summed.units_not_applicable, 0) as units_expected,
            coalesce(summed.units_reporting, 0) as units_reporting,
            coalesce(summed.units_without_parts, 0) as units_without_parts,
            coalesce(summed.is_estimated, false) as is_estimated,
            coalesce(summed.is_made_up, false) as is_made_up
        from expected
        inner join measures on measures.programme_code = expected.programme_code
        left join
            summed
            on summed.programme_code = expected.programme_code
            and summed.period = expected.period
            and summed.unit_id = expected.unit_id
            and summed.boundary_basis = expected.boundary_basis
            and summed.indicator_code = measures.indicator_code
            and summed.measure = measures.measure
        where
            measures.measure <> 'share'
            or expected.boundary_basis = 'as_reported'
            or not expected.is_restated
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

    possible as (
        select
            figures.*,
            {{
                possible_high(
                    "figures.low", "figures.high", "figures.measure", "indicators.hard_max"
                )
            }} as reached,
            indicators.aggregation,
            indicators.min_coverage_pct
        from figures
        inner join
            indicators
            on indicators.programme_code = figures.programme_code
            and indicators.indicator_code = figures.indicator_code
    ),

    covered as (
        select *, units_reporting * 100.0 / nullif(units_expected, 0) as coverage_pct from possible
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
    {{ exact("low", "reached") }} as value,
    {{ finite("low") }} as value_low,
    {{ finite("reached") }} as value_high,
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
