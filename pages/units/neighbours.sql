-- neighbours.sql: one row per exact figure of the units of one level in a province, of a programme and period
select figure.indicator_code, figure.measure, figure.unit_id, figure.value, figure.numerator,
    case when indicator.is_part_of_whole then figure.denominator end as base, indicator.name_vi as indicator_name,
    indicator.is_sensitive, indicator.direction
from fct_indicator_rollup as figure
join dim_indicator as indicator
    on indicator.programme_code = figure.programme_code and indicator.indicator_code = figure.indicator_code
where figure.programme_code = %(programme)s and figure.period = %(period)s
    and figure.unit_id = any(%(units)s) and figure.unit_level = %(unit_level)s and figure.boundary_basis = %(basis)s
    and figure.measure in ('rate', 'count', 'change') and figure.value is not null
order by indicator.sort_order, figure.measure, figure.value, figure.unit_id
