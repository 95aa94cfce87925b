-- progress.sql: one row per figure of a unit code of the indicators of a concept, with the target that decides
select figure.programme_code, programme.name_vi as programme_name, named.break_vi, figure.unit_id, figure.unit_code,
    unit.unit_name, figure.period, figure.indicator_code, figure.measure, figure.value, figure.value_low,
    figure.value_high, figure.low_closed, figure.high_closed, figure.units_expected, figure.units_reporting,
    figure.coverage_pct, figure.is_provisional, figure.is_estimated, figure.has_predecessors, figure.is_made_up,
    indicator.name_vi as indicator_name, indicator.unit_vi, indicator.hard_min, indicator.hard_max, indicator.factor,
    progress.verdict, progress.is_exceeded, progress.target_year, progress.target_scope, progress.comparator,
    progress.target_low, progress.target_high, progress.milestone
from catalogue_as_of.indicator_concepts as named
join catalogue_as_of.programmes as programme using (programme_code)
join dim_indicator as indicator
    on indicator.programme_code = named.programme_code and indicator.indicator_code = named.indicator_code
join fct_indicator_rollup as figure
    on figure.programme_code = named.programme_code and figure.indicator_code = named.indicator_code
    and figure.boundary_basis = 'as_reported' and figure.unit_code = %(unit)s
join marts.dim_period as period
    on period.programme_code = figure.programme_code and period.period = figure.period
left join marts.dim_org_unit as unit on unit.unit_id = figure.unit_id and unit.is_latest_version
left join fct_target_progress as progress
    on progress.programme_code = figure.programme_code and progress.period = figure.period
    and progress.indicator_code = figure.indicator_code and progress.unit_id = figure.unit_id
    and progress.unit_code = figure.unit_code and progress.measure = figure.measure and progress.is_main_target
where named.concept_code = %(concept)s
order by period.data_to, period.data_from, programme.starts_on, figure.programme_code, figure.indicator_code,
    figure.measure
