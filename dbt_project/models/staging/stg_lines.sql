-- stg_lines.sql: one row per indicator line, its cells as number intervals
-- A count is a whole number, so an open end of a part moves to the next whole number: "<5" is at
-- most 4.
-- A typed value keeps its open ends: "<2,6" may be a rate.
with lines as (select * from {{ source("raw", "line") }})

select
    line_id,
    submission_id,
    indicator_code,
    {{ closed_count("numerator") }},
    numerator_kind,
    {{ closed_count("denominator") }},
    denominator_kind,
    case value_kind when 'yes' then 1 when 'no' then 0 else lower(value) end as value_low,
    case value_kind when 'yes' then 1 when 'no' then 0 else upper(value) end as value_high,
    case when value_kind in ('yes', 'no') then true else lower_inc(value) end as value_low_closed,
    case when value_kind in ('yes', 'no') then true else upper_inc(value) end as value_high_closed,
    value is not null or value_kind in ('yes', 'no') as has_value,
    value_kind
from lines
