-- fct_reported_value.sql: one row per reported indicator, unit, agency and time in which it was
-- known
with
    figured as (select * from {{ ref("int_values__computed") }} where is_primary),

    periods as (select * from {{ ref("int_periods__with_closing") }})

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
    case
        when not is_value_only then {{ exact_or_null("numerator_low", "numerator_high") }}
    end as numerator,
    case
        when measure <> 'yes_no' then {{ exact_or_null("denominator_low", "denominator_high") }}
    end as denominator,
    {{ exact_or_null("low", "high") }} as value,
    {{ finite_or_null("low") }} as value_low,
    {{ finite_or_null("high") }} as value_high,
    low_closed,
    high_closed,
    value_status,
    coalesce(known_from > periods.closed_at, false) as is_after_closing,
    is_made_up,
    submission_id
from figured
inner join
    periods on periods.programme_code = figured.programme_code and periods.period = figured.period
