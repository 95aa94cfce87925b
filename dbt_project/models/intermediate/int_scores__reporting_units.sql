-- int_scores__reporting_units.sql: one row per programme, period and unit that reported anything of
-- its own for its score sheet; what those who check it reported about the unit does not count
{{ config(materialized="replaced_view") }}

with
    required as (select * from {{ ref("int_scores__required_lines") }}),

    sheets as (select * from {{ ref("score_sheets") }}),

    own as (
        select *
        from {{ ref("int_indicators__assigned") }}
        where score_role is distinct from 'verified'
    ),

    current_values as (
        select *
        from {{ ref("int_values__computed") }}
        where
            is_primary
            and value_status <> 'missing'
            and {{ is_valid_as_of() }}
            and {{ is_of_a_score_sheet() }}
    )

select distinct current_values.programme_code, current_values.period, current_values.unit_id
from current_values
inner join
    own
    on own.programme_code = current_values.programme_code
    and own.indicator_code = current_values.indicator_code
    and own.agency_code = current_values.agency_code
