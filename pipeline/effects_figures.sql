-- one row per figure as reported, with what is shown of it
select programme_code, period, unit_code, indicator_code, measure, numerator, denominator, value, value_low, value_high,
    units_expected, units_reporting, is_provisional
from fct_indicator_rollup
where boundary_basis = 'as_reported'
