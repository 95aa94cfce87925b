-- fct_indicator_rollup.sql: one row per published figure that is made from reports below its unit,
-- beside how its indicator is made
-- What a unit reported itself the gate has checked cell by cell; nothing was computed of it since.
select
    figures.programme_code,
    figures.indicator_code,
    figures.period,
    figures.unit_id,
    figures.unit_level,
    figures.boundary_basis,
    figures.measure,
    figures.numerator,
    figures.denominator,
    figures.value,
    coalesce(figures.value_low, figures.value) as value_low,
    coalesce(figures.value_high, figures.value) as value_high,
    figures.units_expected,
    figures.units_reporting,
    figures.units_value_only,
    figures.coverage_pct,
    figures.is_provisional,
    figures.is_estimated,
    indicators.indicator_code is not null as indicator_is_known,
    figures.unit_level = 'unallocated' or units.unit_id is not null as unit_is_known,
    indicators.is_part_of_whole
    and figures.measure = 'rate'
    or figures.measure = 'share' as is_share,
    indicators.soft_min,
    indicators.soft_max,
    case
        figures.measure
        when 'rate'
        then figures.numerator * indicators.factor / nullif(figures.denominator, 0)
        when 'share'
        then figures.numerator * 100 / nullif(figures.denominator, 0)
        when 'change'
        then 100 - figures.numerator * 100 / nullif(figures.denominator, 0)
        when 'count'
        then figures.numerator
    end as recomputed
from marts.fct_indicator_rollup as figures
left join
    catalogue.indicators
    on indicators.programme_code = figures.programme_code
    and indicators.indicator_code = figures.indicator_code
left join app.org_unit as units on units.unit_id = figures.unit_id
where
    figures.is_rolled_up
    and figures.programme_code = any(%(programmes)s)
    and figures.period = any(%(periods)s)
    and (%(units)s::text[] is null or figures.unit_id = any(%(units)s))
