-- lines.sql: one row per line that is added up in a figure of a sensitive indicator, with its share
-- An open end (">5") is put far away: nothing of a small count depends on where.
select line.indicator_code, line.period, line.figure_unit_code as unit_code, line.boundary_basis,
       line.figure_measure as measure, line.unit_id, line.agency_code, line.weight,
       line.numerator_low, least(line.numerator_high, line.numerator_low + 1000) as numerator_high,
       line.denominator_low, least(line.denominator_high, line.denominator_low + 1000) as denominator_high
from app.figure_line as line
join catalogue.indicators as indicator using (programme_code, indicator_code)
where line.programme_code = %(programme)s and line.period = any(%(periods)s) and indicator.is_sensitive
    and line.is_summable and app.is_valid_as_of(line.known_from, line.known_to)
order by 1, 2, 4, 3, 5, 6, 7
