-- units.sql: one row per unit within another one with a figure of an indicator, with the main target's verdict
select figure.unit_id, figure.unit_code, named.unit_name, figure.unit_level, figure.period, figure.indicator_code,
    figure.measure, figure.value, figure.value_low, figure.value_high, figure.low_closed, figure.high_closed,
    figure.units_expected, figure.units_reporting, figure.coverage_pct, figure.is_provisional, figure.is_estimated,
    figure.has_predecessors, figure.is_made_up, indicator.hard_min, indicator.hard_max, indicator.unit_vi,
    progress.verdict, progress.is_exceeded, progress.target_year, progress.target_scope, progress.comparator,
    progress.target_low, progress.target_high, progress.milestone
from fct_indicator_rollup as figure
join dim_indicator as indicator
    on indicator.programme_code = figure.programme_code and indicator.indicator_code = figure.indicator_code
left join marts.dim_org_unit as named on named.unit_id = figure.unit_id and named.is_latest_version
left join fct_target_progress as progress
    on progress.programme_code = figure.programme_code and progress.period = figure.period
    and progress.indicator_code = figure.indicator_code and progress.unit_id = figure.unit_id
    and progress.unit_code = figure.unit_code
    and progress.measure = figure.measure and progress.is_main_target and figure.boundary_basis = 'as_reported'
where figure.programme_code = %(programme)s and figure.period = %(period)s
    and figure.indicator_code = %(indicator)s and figure.boundary_basis = %(basis)s and {of_figures}
order by array_position(array['province', 'district', 'commune', 'unallocated'], figure.unit_level),
    figure.unit_code, figure.measure
