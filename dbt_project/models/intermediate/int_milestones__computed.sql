-- int_milestones__computed.sql: one row per figure as reported and target beside it, with the
-- milestone of the figure's year
-- The plan's own milestone comes first, then a path from the baseline to the target. The nation's
-- target is for comparison and has none.
{{ config(materialized="replaced_view") }}

with
    pairs as (select * from {{ ref("int_target_pairs__compared") }}),

    targets as (select * from {{ ref("int_targets__in_force") }}),

    indicators as (select * from {{ ref("int_indicators__recorded") }}),

    baselines as (select * from {{ ref("int_baselines__selected") }}),

    with_baseline as (
        select
            pairs.*,
            indicators.direction as indicator_direction,
            indicators.milestone_path,
            baselines.value as baseline_value,
            baselines.period_time as baseline_time,
            {{ effective_comparator("planned") }} as planned_comparator,
            planned.target_low as planned_low,
            planned.target_high as planned_high,
            coalesce(
                pairs.is_comparable
                and {{
                    verdict_of_interval(
                        "pairs.effective_comparator",
                        "pairs.target_low",
                        "pairs.target_high",
                        "baselines.",
                    )
                }} = 'met',
                false
            ) as is_hold_target
        from pairs
        left join
            indicators
            on indicators.programme_code = pairs.programme_code
            and indicators.indicator_code = pairs.indicator_code
        left join
            baselines
            on baselines.programme_code = pairs.programme_code
            and baselines.indicator_code = pairs.indicator_code
            and baselines.unit_id = pairs.unit_id
            and baselines.unit_code = pairs.unit_code
            and baselines.measure = pairs.measure
        left join
            targets as planned
            on planned.programme_code = pairs.programme_code
            and planned.indicator_code = pairs.indicator_code
            and planned.target_scope = pairs.target_scope
            and planned.bound_unit_code is not distinct from pairs.bound_unit_code
            and planned.measure = pairs.measure
            and planned.target_year = pairs.period_year
    ),

    -- on the way to an exact number it is enough to be as far as it or further
    with_path as (
        select
            *,
            case
                when baseline_value > 0 and target_number > 0 then milestone_path else 'linear'
            end as path,
            case
                when effective_comparator <> '='
                then effective_comparator
                when indicator_direction = 'down'
                then '≤'
                when indicator_direction = 'up'
                then '≥'
            end as path_comparator
        from with_baseline
    ),

    interpolated as (
        select
            *,
            {{
                interpolated_milestone(
                    "path",
                    "baseline_value",
                    "target_number",
                    "(period_time - baseline_time)",
                    "(target_year - baseline_time)",
                )
            }} as path_value
        from with_path
    ),

    with_basis as (
        select
            *,
            case
                when not is_comparable or target_scope = 'national' or kind = 'baseline'
                then null
                when target_year <= period_year
                then 'target'
                when planned_comparator is not null
                then 'plan'
                when is_hold_target or milestone_path = 'constant'
                then 'target'
                when
                    milestone_path in ('linear', 'constant_rate')
                    and effective_comparator in ('<', '≤', '>', '≥', '=')
                    and path_comparator is not null
                    and period_time > baseline_time
                    and baseline_value is not null
                then path
            end as milestone_basis
        from interpolated
    )

select
    *,
    case
        milestone_basis
        when 'target'
        then target_number
        when 'plan'
        then {{ target_number_of("planned_comparator", "planned_low", "planned_high") }}
        when path
        then path_value
    end as milestone,
    case
        milestone_basis
        when 'target'
        then effective_comparator
        when 'plan'
        then planned_comparator
        when path
        then path_comparator
    end as milestone_comparator,
    case
        when milestone_basis is null
        then null
        when not has_figure
        then 'no_data'
        when milestone_basis = 'target'
        then interval_verdict
        when milestone_basis = 'plan'
        then {{ verdict_of_interval("planned_comparator", "planned_low", "planned_high") }}
        else {{ verdict_of_interval("path_comparator", "path_value", "path_value") }}
    end as milestone_verdict
from with_basis
