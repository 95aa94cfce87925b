-- stg_lines.sql: one row per indicator line, its cells as number intervals
-- A typed value keeps its open ends: "<2,6" may be a rate. As a count it is read like the parts.
-- No CTE here: PostgreSQL does not look through a view that has one, and would read every line
-- for one report.
select
    line_id,
    submission_id,
    indicator_code,
    {{ integer_bounds("numerator") }},
    {{ integer_bounds("denominator") }},
    {{ integer_bounds("value", as_name="value_count") }},
    case value_kind when 'yes' then 1 when 'no' then 0 else lower(value) end as value_low,
    case value_kind when 'yes' then 1 when 'no' then 0 else upper(value) end as value_high,
    coalesce(lower_inc(value), true) as value_low_closed,
    coalesce(upper_inc(value), true) as value_high_closed,
    value is not null or value_kind in ('yes', 'no') as has_value,
    case
        when numerator_kind = 'missing'
        then value_kind
        when denominator_kind in ('censored', 'range')
        then denominator_kind
        else numerator_kind
    end as value_status
from {{ source("raw", "line") }}
