-- fct_denominator_coverage.sql: one row per added-up figure with a denominator, with how much of
-- the known denominator has reported
-- Apart from fct_indicator_rollup: only its readers pay for looking up each unit that is
-- missing.
with
    figures as (
        select *
        from {{ ref("fct_indicator_rollup") }}
        where measure in ('rate', 'change') and (denominator is not null or units_reporting = 0)
    ),

    missing as (select * from {{ ref("int_denominators__last_reported") }})

select
    figures.programme_code,
    figures.indicator_code,
    figures.period,
    figures.unit_id,
    figures.unit_code,
    figures.boundary_basis,
    figures.measure,
    coalesce(figures.denominator, 0) as denominator,
    coalesce(missing.missing_denominator, 0) as missing_denominator,
    coalesce(figures.denominator, 0)
    * 100
    / nullif(
        coalesce(figures.denominator, 0) + coalesce(missing.missing_denominator, 0), 0
    ) as denominator_coverage_pct
from figures
left join
    missing
    on missing.programme_code = figures.programme_code
    and missing.indicator_code = figures.indicator_code
    and missing.period = figures.period
    and missing.unit_id = figures.unit_id
    and missing.measure = figures.measure
    and missing.boundary_basis = figures.boundary_basis
