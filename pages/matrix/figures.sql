-- figures.sql: one row per unit below another one and figure of a period
select figure.unit_id, figure.unit_code, figure.unit_level, named.unit_name, figure.period, figure.indicator_code,
    figure.measure, figure.value, figure.value_low, figure.value_high, figure.low_closed, figure.high_closed,
    figure.is_made_up, indicator.hard_min, indicator.hard_max
from fct_indicator_rollup as figure
join dim_indicator as indicator
    on indicator.programme_code = figure.programme_code and indicator.indicator_code = figure.indicator_code
join marts.dim_org_unit as named on named.unit_id = figure.unit_id and named.is_latest_version
where {within} and figure.unit_code <> %(unit)s and figure.programme_code = %(programme)s and figure.period = %(period)s
    and figure.unit_level in ('district', 'commune') and figure.boundary_basis = %(basis)s
order by figure.unit_code, figure.unit_id, figure.measure
