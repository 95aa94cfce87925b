-- int_scores__submitted.sql: one row per programme, period, unit and line with points, those of
-- the unit itself and those of the agency that checks it
-- Only an exact value is a score; one that is a bound or a range leaves the line undetermined.
{{ config(materialized="replaced_view") }}

with
    required as (select * from {{ ref("int_scores__required_lines") }}),

    sheets as (select * from {{ ref("score_sheets") }}),

    current_values as (
        select *
        from {{ ref("int_values__computed") }}
        where is_primary and {{ is_valid_as_of() }} and {{ is_of_a_score_sheet() }}
    ),

    assigned as (select * from {{ ref("int_indicators__assigned") }} where score_role is not null),

    parts as (select * from {{ ref("criterion_indicators") }} where part in ('points', 'met')),

    scored as (
        select
            current_values.programme_code,
            current_values.period,
            current_values.unit_id,
            parts.criterion_code,
            parts.part,
            assigned.score_role,
            case
                when current_values.low = current_values.high then current_values.low
            end as points,
            current_values.low is distinct from current_values.high as is_inexact,
            current_values.is_made_up
        from parts
        inner join
            assigned
            on assigned.programme_code = parts.programme_code
            and assigned.indicator_code = parts.indicator_code
        inner join
            current_values
            on current_values.programme_code = assigned.programme_code
            and current_values.indicator_code = assigned.indicator_code
            and current_values.agency_code = assigned.agency_code
    )

select
    programme_code,
    period,
    unit_id,
    criterion_code,
    max(points) filter (where part = 'points' and score_role = 'self') as self_points,
    max(points) filter (where part = 'points' and score_role = 'verified') as verified_points,
    max(points) filter (where part = 'met' and score_role = 'self') as self_met,
    max(points) filter (where part = 'met' and score_role = 'verified') as verified_met,
    bool_or(is_inexact and part = 'points') as has_inexact,
    bool_or(is_made_up) as is_made_up
from scored
group by 1, 2, 3, 4
