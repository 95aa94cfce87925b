-- int_values__measured.sql: one row per told line and measure that the line can carry
-- n and d are the ends of the parts that a rollup may add up: cases and, for a rate, those among
-- whom they occurred.
{{ config(materialized="view") }}

with
    lines as (select * from {{ ref("int_values__versioned") }}),

    measures as (select * from {{ ref("int_indicators__measured") }}),

    parts as (
        select
            lines.programme_code,
            lines.indicator_code,
            lines.period,
            lines.unit_id,
            lines.agency_code,
            measures.measure,
            lines.known_from,
            lines.known_to,
            lines.unit_code,
            lines.unit_level,
            lines.family_id,
            measures.rolls_into,
            measures.aggregation,
            measures.factor,
            measures.is_part_of_whole,
            measures.is_primary,
            measures.hard_min,
            measures.hard_max,
            case
                when measures.measure in ('yes_no', 'share')
                then lines.value_low
                when lines.numerator_low is not null
                then lines.numerator_low
                when measures.measure = 'count' and measures.is_primary and lines.has_value
                then coalesce(ceil(lines.value_low), 0)
            end as n_low,
            case
                when measures.measure in ('yes_no', 'share')
                then lines.value_high
                when measures.is_part_of_whole and measures.measure = 'rate'
                then least(lines.numerator_high, lines.denominator_high)
                when lines.numerator_high is not null
                then lines.numerator_high
                when measures.measure = 'count' and measures.is_primary and lines.has_value
                then
                    coalesce(
                        ceil(lines.value_high)
                        - case when lines.value_high_closed then 0 else 1 end,
                        'infinity'
                    )
            end as n_high,
            case
                when measures.measure in ('rate', 'change')
                then lines.denominator_low
                when measures.measure = 'yes_no'
                then 1
            end as d_low,
            case
                when measures.measure in ('rate', 'change')
                then lines.denominator_high
                when measures.measure = 'yes_no'
                then 1
            end as d_high,
            lines.value_low,
            lines.value_high,
            lines.value_low_closed,
            lines.value_high_closed,
            measures.is_primary and lines.has_value and lines.numerator_low is null as is_bare,
            lines.value_status,
            lines.is_owed,
            lines.feeds_rollup,
            lines.is_made_up,
            lines.submission_id
        from lines
        inner join
            measures
            on measures.programme_code = lines.programme_code
            and measures.indicator_code = lines.indicator_code
            and measures.unit_level = lines.unit_level
    )

select
    *,
    value_status <> 'not_applicable'
    and n_low is not null
    and (d_low is not null or measure not in ('rate', 'change')) as has_parts
from parts
