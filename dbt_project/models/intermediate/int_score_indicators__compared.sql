-- int_score_indicators__compared.sql: one row per programme, period, unit, line of its score sheet
-- and indicator that the line rests on, with the verdict against the main target
{{ config(materialized="replaced_view") }}

with
    required as (
        select * from {{ ref("int_scores__required_lines") }} where points_rule = 'indicators_met'
    ),

    parts as (select * from {{ ref("criterion_indicators") }} where part = 'figure'),

    measures as (select * from {{ ref("int_indicator_measures__by_level") }} where is_primary),

    assigned as (select * from {{ ref("int_indicators__assigned") }} where is_figure),

    indicators as (select * from {{ ref("indicators") }}),

    sheets as (select * from {{ ref("score_sheets") }}),

    rules as (select * from {{ ref("zero_base_rules") }}),

    -- made once, for each is looked up line by line; the array goes down into the views, so that
    -- they read the programmes that score and no other
    targets as materialized(
        select *
        from {{ ref("int_target_pairs__compared") }}
        where is_main_target and {{ is_of_a_score_sheet() }}
    ),

    current_values as materialized(
        select *, numerator_high = 0 and denominator_high = 0 as is_zero
        from {{ ref("int_values__computed") }}
        where is_primary and {{ is_valid_as_of() }} and {{ is_of_a_score_sheet() }}
    ),

    required_indicators as (
        select
            required.programme_code,
            required.period,
            required.unit_id,
            required.unit_code,
            required.criterion_code,
            indicators.indicator_code,
            indicators.sort_order,
            measures.measure,
            assigned.agency_code
        from required
        inner join
            parts
            on parts.programme_code = required.programme_code
            and parts.criterion_code = required.criterion_code
        inner join
            indicators
            on indicators.programme_code = parts.programme_code
            and indicators.indicator_code = parts.indicator_code
        inner join
            measures
            on measures.programme_code = parts.programme_code
            and measures.indicator_code = parts.indicator_code
            and measures.unit_level = required.unit_level
        inner join
            assigned
            on assigned.programme_code = parts.programme_code
            and assigned.indicator_code = parts.indicator_code
    ),

    -- a nil as the only value is no event: what is not met by it may have had none to deal with
    compared as (
        select
            required_indicators.*,
            targets.target_scope,
            targets.target_year,
            targets.verdict,
            coalesce(current_values.value_status, 'missing') as value_status,
            coalesce(current_values.is_made_up, false) as is_made_up,
            current_values.is_zero,
            case
                when current_values.value_status = 'not_applicable' or current_values.is_zero
                then 'nothing_occurred'
                when current_values.measure = 'change' and current_values.denominator_high = 0
                then 'risen_from_zero'
                when current_values.is_value_only and current_values.value_status = 'nil'
                then case when targets.verdict <> 'met' then 'nothing_occurred' end
            end as situation
        from required_indicators
        left join
            targets
            on targets.programme_code = required_indicators.programme_code
            and targets.period = required_indicators.period
            and targets.unit_id = required_indicators.unit_id
            and targets.indicator_code = required_indicators.indicator_code
            and targets.measure = required_indicators.measure
        left join
            current_values
            on current_values.programme_code = required_indicators.programme_code
            and current_values.period = required_indicators.period
            and current_values.unit_id = required_indicators.unit_id
            and current_values.indicator_code = required_indicators.indicator_code
            and current_values.agency_code = required_indicators.agency_code
    )

select
    compared.programme_code,
    compared.period,
    compared.unit_id,
    compared.unit_code,
    compared.criterion_code,
    compared.indicator_code,
    compared.sort_order,
    compared.target_scope,
    compared.target_year,
    case
        when compared.value_status = 'not_applicable'
        then 'not_applicable'
        when compared.situation = 'risen_from_zero' or compared.is_zero or rules.result is not null
        then compared.situation
        when compared.verdict = 'no_data' and compared.value_status <> 'missing'
        then 'undetermined'
        when compared.verdict is not null
        then compared.verdict
        when compared.value_status = 'missing'
        then 'no_data'
        else 'no_target'
    end as finding,
    rules.result as zero_base_result,
    compared.is_made_up
from compared
left join
    rules
    on rules.programme_code = compared.programme_code
    and rules.criterion_code = compared.criterion_code
    and rules.situation = compared.situation
