-- fct_target_progress.sql: one row per figure as reported and target that its unit is shown against
-- A commune's target binds the unit that set it; the province's is shown beside every unit of the
-- programme.
with
    figures as (
        select * from {{ ref("fct_indicator_rollup") }} where boundary_basis = 'as_reported'
    ),

    -- a count is a whole number: "<1" is 0 and meets a target of none
    whole as (
        select
            *,
            case
                when measure = 'count' and not low_closed then floor(value_low) + 1 else value_low
            end as reached_low,
            case
                when measure = 'count' and not high_closed then ceil(value_high) - 1 else value_high
            end as reached_high,
            low_closed or measure = 'count' as reaches_low,
            high_closed or measure = 'count' as reaches_high
        from figures
    ),

    targets as (select * from {{ ref("targets") }}),

    compared as (
        select
            whole.programme_code,
            whole.indicator_code,
            whole.period,
            whole.unit_id,
            whole.unit_code,
            whole.measure,
            targets.target_scope,
            targets.target_year,
            targets.comparator,
            targets.target_low,
            targets.target_high,
            targets.measure as target_measure,
            targets.indicator_code is not null as has_target,
            whole.value,
            whole.value_low is not null or whole.value_high is not null as has_figure,
            {{
                verdict(
                    "whole.reached_low",
                    "whole.reached_high",
                    "whole.reaches_low",
                    "whole.reaches_high",
                    "targets.comparator",
                    "targets.target_low",
                    "targets.target_high",
                )
            }} as interval_verdict
        from whole
        left join
            targets
            on targets.programme_code = whole.programme_code
            and targets.indicator_code = whole.indicator_code
            and (
                targets.target_scope <> 'commune'
                or (targets.bound_unit_code = whole.unit_code and whole.unit_level = 'commune')
            )
    )

select
    programme_code,
    indicator_code,
    period,
    unit_id,
    unit_code,
    measure,
    target_scope,
    target_year,
    comparator,
    target_low,
    target_high,
    case
        when not has_target
        then 'no_target'
        when target_measure <> measure
        then 'not_comparable'
        when not has_figure
        then 'no_data'
        else interval_verdict
    end as verdict,
    case
        when not has_target or target_measure <> measure
        then null
        when comparator in ('<', '≤')
        then value - target_high
        when comparator = 'between'
        then greatest(target_low - value, value - target_high)
        else target_low - value
    end as gap
from compared
