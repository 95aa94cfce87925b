-- lines.sql: one row per reported line in the figures of a unit and period, as reported
select line.indicator_code, line.figure_measure as measure, line.unit_code, line.agency_code, line.weight,
       line.is_estimated, line.numerator_low, line.numerator_high, line.denominator_low, line.denominator_high,
       line.is_summable, line.value_status = 'not_applicable' as is_not_applicable,
       line.is_primary and line.value_status <> 'not_applicable'
           and (received.value is not null or received.value_kind in ('yes', 'no'))
           and (received.numerator is null or indicator.aggregation = 'none') as is_value_only,
       case received.value_kind when 'yes' then 1 when 'no' then 0 else lower(received.value) end as value_low,
       case received.value_kind when 'yes' then 1 when 'no' then 0 else upper(received.value) end as value_high,
       coalesce(lower_inc(received.value), true) as low_closed, coalesce(upper_inc(received.value), true) as high_closed
from app.figure_line as line
join raw.line as received using (line_id)
join catalogue_as_of.indicators as indicator
    on indicator.programme_code = line.programme_code and indicator.indicator_code = line.indicator_code
where line.programme_code = %(programme)s and line.period = %(period)s and line.figure_unit_code = %(unit)s
    and line.boundary_basis = 'as_reported' and app.is_valid_as_of(line.known_from, line.known_to)
order by indicator.sort_order, line.figure_measure, line.unit_code, line.agency_code
