-- rpt_reconciliation.sql: one row per figure that a unit reported itself where one was also
-- rolled up from the units below it
with
    figures as (
        select *
        from {{ ref("fct_indicator_rollup") }}
        where boundary_basis = 'as_reported' and is_rolled_up
    ),

    own as (
        select *
        from {{ ref("fct_reported_value") }}
        where
            known_from <= {{ values_as_of() }}
            and coalesce(known_to, 'infinity') > {{ values_as_of() }}
    )

select
    own.programme_code,
    own.indicator_code,
    own.period,
    own.unit_id,
    own.unit_code,
    own.agency_code,
    own.measure,
    own.numerator as own_numerator,
    own.denominator as own_denominator,
    own.value as own_value,
    figures.numerator as rolled_up_numerator,
    figures.denominator as rolled_up_denominator,
    figures.value as rolled_up_value,
    own.value - figures.value as difference,
    figures.units_expected,
    figures.units_reporting,
    own.submission_id
from own
inner join
    figures
    on figures.programme_code = own.programme_code
    and figures.indicator_code = own.indicator_code
    and figures.period = own.period
    and figures.unit_id = own.unit_id
    and figures.measure = own.measure
