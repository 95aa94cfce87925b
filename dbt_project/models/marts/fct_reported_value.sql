-- fct_reported_value.sql: one row per reported indicator, unit, agency and half-open time in
-- which the value was the newest
with
    computed as (select * from {{ ref("int_values__computed") }} where is_primary),

    periods as (select * from {{ ref("int_periods__with_closing") }})

select
    computed.programme_code,
    computed.indicator_code,
    computed.period,
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
from computed
inner join
    periods on periods.programme_code = computed.programme_code and periods.period = computed.period
