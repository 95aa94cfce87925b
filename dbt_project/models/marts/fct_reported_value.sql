-- fct_reported_value.sql: one row per reported indicator, unit, agency and time in which it was
-- known
with
    figured as (select * from {{ ref("int_values__figured") }} where is_primary),

    periods as (select * from {{ ref("int_periods__closed") }})

select
    figured.programme_code,
    figured.indicator_code,
    figured.period,
    unit_id,
    unit_code,
    agency_code,
    known_from,
    nullif(known_to, 'infinity') as known_to,
    measure,
    case when not is_bare then {{ exact("n_low", "n_high") }} end as numerator,
    case when measure <> 'yes_no' then {{ exact("d_low", "d_high") }} end as denominator,
    {{ exact("low", "high") }} as value,
    {{ finite("low") }} as value_low,
    {{ finite("high") }} as value_high,
    low_closed,
    high_closed,
    value_status,
    coalesce(known_from > periods.closed_at, false) as is_after_closing,
    is_made_up,
    submission_id
from figured
inner join
    periods on periods.programme_code = figured.programme_code and periods.period = figured.period
