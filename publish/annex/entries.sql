-- entries.sql: one row per indicator of the plan, with its figure of one unit and period
select indicator.indicator_code, indicator.name_vi, indicator.unit_vi, indicator.factor, indicator.objective_vi,
       indicator.heading_code, indicator.heading_vi, indicator.hard_min, indicator.hard_max, indicator.is_part_of_whole,
       compared.measure, figure.numerator, figure.denominator, figure.value_low, figure.value_high, figure.low_closed,
       figure.high_closed, coalesce(figure.units_expected, 0) as units_expected,
       coalesce(figure.units_reporting, 0) as units_reporting, coalesce(figure.is_provisional, true) as is_provisional,
       coalesce(figure.is_estimated, false) as is_estimated, coalesce(figure.is_made_up, false) as is_made_up,
       reported.value_status,
       exists (select from catalogue_as_of.criterion_indicators as required
               where required.programme_code = indicator.programme_code
                   and required.indicator_code = indicator.indicator_code and required.part = 'met') as is_met_required
from catalogue_as_of.indicators as indicator
join catalogue_as_of.indicator_measures as measured
    on measured.programme_code = indicator.programme_code and measured.indicator_code = indicator.indicator_code
    and measured.unit_level = %(level)s
-- a target of the unit's own may be of another measure than its level's
cross join lateral (
    select coalesce((
        select own.measure from app.unit_target as own
        where own.programme_code = indicator.programme_code and own.indicator_code = indicator.indicator_code
            and own.unit_id = %(unit_id)s and own.target_scope = %(level)s and own.measure in ('rate', 'count', 'change')
        order by own.target_year limit 1), measured.measure) as measure) as compared
left join app.indicator_agency as assigned
    on assigned.programme_code = indicator.programme_code and assigned.indicator_code = indicator.indicator_code
    and assigned.is_figure
left join fct_indicator_rollup as figure
    on figure.programme_code = indicator.programme_code and figure.indicator_code = indicator.indicator_code
    and figure.measure = compared.measure and figure.period = %(period)s and figure.unit_id = %(unit_id)s
    and figure.boundary_basis = 'as_reported'
left join marts.fct_reported_value as reported
    on reported.programme_code = indicator.programme_code and reported.indicator_code = indicator.indicator_code
    and reported.period = %(period)s and reported.unit_id = %(unit_id)s
    and reported.agency_code = assigned.agency_code
    and app.is_valid_as_of(reported.known_from, coalesce(reported.known_to, 'infinity'))
where indicator.programme_code = %(programme)s
    and (indicator.plan_unit_code is null or indicator.plan_unit_code = %(unit)s)
order by indicator.sort_order
