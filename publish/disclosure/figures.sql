-- figures.sql: one row per figure of a sensitive indicator of a programme and its periods, on both maps
select figure.indicator_code, figure.period, figure.unit_id, figure.unit_code, figure.boundary_basis, figure.measure,
       figure.unit_level, figure.numerator, figure.denominator, figure.value_low, figure.value_high,
       figure.is_rolled_up, indicator.aggregation, indicator.is_part_of_whole,
       coalesce(linked.is_base_sensitive, false) as is_base_sensitive, linked.part_of_code
from fct_indicator_rollup as figure
join catalogue.indicators as indicator using (programme_code, indicator_code)
left join catalogue.sensitive_counts as linked using (programme_code, indicator_code)
where figure.programme_code = %(programme)s and figure.period = any(%(periods)s) and indicator.is_sensitive
    and num_nonnulls(figure.numerator, figure.value_low, figure.value_high) > 0
order by 1, 2, 5, 4, 6
