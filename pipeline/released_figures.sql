-- released_figures.sql: one row per figure of a programme in the periods of a release, on both maps, with the names of
-- unit and indicator and its main target
with
    units as (select * from marts.dim_org_unit where is_latest_version),

    main_targets as (
        select * from fct_target_progress
        where programme_code = %(programme)s and period = any(%(periods)s) and is_main_target
    )

select
    figures.programme_code,
    programmes.programme_name,
    figures.period,
    figures.boundary_basis,
    figures.unit_id,
    figures.unit_code,
    units.unit_name,
    figures.unit_level,
    figures.indicator_code,
    indicators.name_vi as indicator_name,
    indicators.objective_vi,
    indicators.sort_order,
    figures.measure,
    indicators.unit_vi,
    figures.numerator,
    figures.denominator,
    figures.value_low,
    figures.value_high,
    figures.low_closed,
    figures.high_closed,
    indicators.hard_min,
    indicators.hard_max,
    figures.units_expected,
    figures.units_reporting,
    figures.coverage_pct,
    figures.is_provisional,
    figures.is_estimated,
    figures.has_predecessors,
    figures.is_made_up,
    targets.comparator,
    targets.target_low,
    targets.target_high,
    targets.target_scope,
    targets.target_year,
    targets.verdict,
    targets.is_exceeded
from fct_indicator_rollup as figures
inner join
    dim_indicator as indicators
    on indicators.programme_code = figures.programme_code
    and indicators.indicator_code = figures.indicator_code
inner join marts.dim_programme as programmes on programmes.programme_code = figures.programme_code
left join units on units.unit_id = figures.unit_id
left join
    main_targets as targets
    on targets.programme_code = figures.programme_code
    and targets.indicator_code = figures.indicator_code
    and targets.period = figures.period
    and targets.unit_id = figures.unit_id
    and targets.unit_code = figures.unit_code
    and targets.measure = figures.measure
    and figures.boundary_basis = 'as_reported'
where figures.programme_code = %(programme)s and figures.period = any(%(periods)s)
order by
    figures.period, figures.boundary_basis, figures.unit_code, figures.unit_id, indicators.sort_order, figures.measure
