-- int_indicators__assigned.sql: one row per indicator and agency that reports it
-- Without a row of its own an indicator is reported by the unit itself.
with
    indicators as (select * from {{ ref("indicators") }}),

    assigned as (select * from {{ ref("indicator_agencies") }})

select
    indicators.programme_code,
    indicators.indicator_code,
    coalesce(assigned.agency_code, {{ default_agency() }}) as agency_code,
    coalesce(assigned.is_required, indicators.is_required) as is_required,
    coalesce(assigned.is_figure, true) as is_figure,
    assigned.score_role
from indicators
left join
    assigned
    on assigned.programme_code = indicators.programme_code
    and assigned.indicator_code = indicators.indicator_code
