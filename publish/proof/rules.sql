-- rules.sql: one row per figure of a unit and period, with how it is made
select figure.indicator_code, figure.measure, indicator.factor, indicator.hard_min, indicator.hard_max,
       indicator.min_coverage_pct, indicator.is_sensitive, figure.is_rolled_up, figure.units_expected
from fct_indicator_rollup as figure
join catalogue_as_of.indicators as indicator using (programme_code, indicator_code)
where figure.programme_code = %(programme)s and figure.period = %(period)s and figure.unit_id = %(unit_id)s
    and figure.boundary_basis = 'as_reported'
