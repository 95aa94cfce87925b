-- series.sql: one row per figure of a unit in some periods, with the milestone of its main target
select figure.indicator_code, figure.measure, figure.period, figure.value, figure.value_low, figure.value_high,
    figure.low_closed, figure.high_closed, figure.is_provisional, figure.units_reporting, figure.units_expected, indicator.hard_min, indicator.hard_max, progress.milestone,
    progress.target_low, progress.target_high
from fct_indicator_rollup as figure
join dim_indicator as indicator
    on indicator.programme_code = figure.programme_code and indicator.indicator_code = figure.indicator_code
left join fct_target_progress as progress
    on progress.programme_code = figure.programme_code and progress.period = figure.period
    and progress.indicator_code = figure.indicator_code and progress.unit_id = figure.unit_id
    and progress.unit_code = figure.unit_code
    and progress.measure = figure.measure and progress.is_main_target and figure.boundary_basis = 'as_reported'
where figure.programme_code = %(programme)s and figure.unit_id = %(unit_id)s and figure.boundary_basis = %(basis)s
    and figure.period = any(%(periods)s)
