-- int_scores__submitted.sql: one row per programme, period, unit and line that somebody scored:
-- what
-- the unit gave itself and what was given by who checks it
-- Only an exact value is a score; one that is a bound or a range leaves the line undetermined.
{{ config(materialized="replaced_view") }}

with
    sheets as (select * from {{ ref("score_sheets") }}),

    told as (
        select *
        from {{ ref("int_values__computed") }}
        where
            is_primary
            and {{ is_valid_as_of() }}
            and programme_code = any(array(select programme_code from sheets))
    ),

    assigned as (select * from {{ ref("int_indicators__assigned") }} where score_role is not null),

    parts as (select * from {{ ref("criterion_indicators") }} where part in ('points', 'met')),

    given as (
        select
            told.programme_code,
            told.period,
            told.unit_id,
            parts.criterion_code,
            parts.part,
            assigned.score_role,
            case when told.low = told.high then told.low end as mark,
            told.low is distinct from told.high as is_inexact,
            told.is_made_up
        from parts
        inner join
            assigned
            on assigned.programme_code = parts.programme_code
            and assigned.indicator_code = parts.indicator_code
        inner join
            told
            on told.programme_code = assigned.programme_code
            and told.indicator_code = assigned.indicator_code
            and told.agency_code = assigned.agency_code
    )

select
    programme_code,
    period,
    unit_id,
    criterion_code,
    max(mark) filter (where part = 'points' and score_role = 'self') as self_points,
    max(mark) filter (where part = 'points' and score_role = 'verified') as verified_points,
    max(mark) filter (where part = 'met' and score_role = 'self') as self_met,
    max(mark) filter (where part = 'met' and score_role = 'verified') as verified_met,
    bool_or(is_inexact and part = 'points') as has_inexact,
    bool_or(is_made_up) as is_made_up
from given
group by 1, 2, 3, 4
