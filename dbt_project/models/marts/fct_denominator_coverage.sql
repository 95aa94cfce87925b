-- fct_denominator_coverage.sql: one row per added-up figure with a denominator, and how much of the
-- known one has reported
-- Apart from fct_indicator_rollup: only who reads it asks after every unit that is silent.
with
    figures as (
        select *
        from {{ ref("fct_indicator_rollup") }}
        where measure in ('rate', 'change') and (denominator is not null or units_reporting = 0)
    ),

    silent as (select * from {{ ref("int_denominators__last_reported") }})

select
    figures.programme_code,
    figures.indicator_code,
    figures.period,
    figures.unit_id,
    figures.unit_code,
    figures.boundary_basis,
    figures.measure,
    coalesce(figures.denominator, 0) as denominator,
    coalesce(silent.missing_denominator, 0) as missing_denominator,
    coalesce(figures.denominator, 0)
    * 100
    / nullif(
        coalesce(figures.denominator, 0) + coalesce(silent.missing_denominator, 0), 0
    ) as denominator_coverage_pct
from figures
left join
    silent
    on silent.programme_code = figures.programme_code
    and silent.indicator_code = figures.indicator_code
    and silent.period = figures.period
    and silent.unit_id = figures.unit_id
    and silent.measure = figures.measure
    and silent.boundary_basis = figures.boundary_basis
