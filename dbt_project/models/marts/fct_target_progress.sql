-- fct_target_progress.sql: one row per figure as reported and target that its unit is shown against
-- A commune's target binds the unit that set it; those of districts, of the province and of the
-- nation are shown beside every unit of the programme. The nation's is for comparison: a verdict,
-- and no path or trend of its own.
-- Communes are read by period alone: only districts and provinces drag their history behind them.
with
    periods as (select * from {{ ref("int_periods__with_window") }}),

    figures as (
        select
            programme_code,
            indicator_code,
            period,
            unit_id,
            unit_code,
            unit_level,
            measure,
            value,
            value_low,
            value_high,
            low_closed,
            high_closed,
            null as direction,
            null::numeric as ceiling,
            false as has_distance,
            null::numeric as distance,
            null::numeric as log_slope
        from {{ ref("fct_indicator_rollup") }}
        where boundary_basis = 'as_reported' and unit_level not in ('district', 'province')
        union all
        select
            programme_code,
            indicator_code,
            period,
            unit_id,
            unit_code,
            unit_level,
            measure,
            value,
            value_low,
            value_high,
            low_closed,
            high_closed,
            direction,
            ceiling,
            has_distance,
            distance,
            log_slope
        from {{ ref("int_indicator_trends__fitted") }}
    ),

    whole as (
        select
            figures.*,
            {{
                comparison_interval(
                    "figures.measure",
                    "figures.value_low",
                    "figures.value_high",
                    "figures.low_closed",
                    "figures.high_closed",
                )
            }},
            figures.value_low is not null or figures.value_high is not null as has_figure,
            periods.kind,
            extract(year from periods.data_to)::integer as period_year,
            {{ period_time("periods.data_to") }} as period_time
        from figures
        inner join
            periods
            on periods.programme_code = figures.programme_code
            and periods.period = figures.period
    ),

    targets as (select * from {{ ref("targets") }}),

    indicators as (select * from {{ ref("indicators") }}),

    baselines as (select * from {{ ref("int_baselines__selected") }}),

    targeted as (
        select
            whole.*,
            targets.target_scope,
            targets.target_year,
            targets.comparator,
            targets.target_low,
            targets.target_high,
            targets.bound_unit_code,
            targets.indicator_code is not null as has_target,
            coalesce(targets.measure = whole.measure, false) as is_comparable,
            {{
                target_number_of(
                    "targets.comparator", "targets.target_low", "targets.target_high"
                )
            }} as target_number,
            {{
                verdict_of_interval(
                    "targets.comparator",
                    "targets.target_low",
                    "targets.target_high",
                    "whole.",
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
    ),

    started as (
        select
            targeted.*,
            indicators.direction as better,
            indicators.milestone_path,
            baselines.value as start,
            baselines.period_time as start_time,
            planned.comparator as planned_comparator,
            planned.target_low as planned_low,
            planned.target_high as planned_high,
            coalesce(
                targeted.is_comparable
                and {{
                    verdict_of_interval(
                        "targeted.comparator",
                        "targeted.target_low",
                        "targeted.target_high",
                        "baselines.",
                    )
                }} = 'met',
                false
            ) as is_hold_target
        from targeted
        left join
            indicators
            on indicators.programme_code = targeted.programme_code
            and indicators.indicator_code = targeted.indicator_code
        left join
            baselines
            on baselines.programme_code = targeted.programme_code
            and baselines.indicator_code = targeted.indicator_code
            and baselines.unit_id = targeted.unit_id
            and baselines.unit_code = targeted.unit_code
            and baselines.measure = targeted.measure
        left join
            targets as planned
            on planned.programme_code = targeted.programme_code
            and planned.indicator_code = targeted.indicator_code
            and planned.target_scope = targeted.target_scope
            and planned.bound_unit_code is not distinct from targeted.bound_unit_code
            and planned.measure = targeted.measure
            and planned.target_year = targeted.period_year
    ),

    -- on the way to an exact number it is enough to be as far as it or further
    routed as (
        select
            *,
            case when start > 0 and target_number > 0 then milestone_path else 'linear' end as path,
            case
                when comparator <> '='
                then comparator
                when better = 'down'
                then '≤'
                when better = 'up'
                then '≥'
            end as path_comparator
        from started
    ),

    on_the_way as (
        select
            *,
            {{
                interpolated_milestone(
                    "path",
                    "start",
                    "target_number",
                    "(period_time - start_time)",
                    "(target_year - start_time)",
                )
            }} as on_path
        from routed
    ),

    -- what the milestone of the row's year rests on
    based as (
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
                    and comparator in ('<', '≤', '>', '≥', '=')
                    and path_comparator is not null
                    and period_time > start_time
                    and start is not null
                then path
            end as milestone_basis
        from on_the_way
    ),

    judged as (
        select
            *,
            case
                when not has_target
                then 'no_target'
                when not is_comparable
                then 'not_comparable'
                when not has_figure
                then 'no_data'
                else interval_verdict
            end as verdict,
            -- the target pulls the way in which the indicator is better
            has_distance
            and is_comparable
            and target_scope <> 'national'
            and (
                (direction = 'down' and comparator in ('<', '≤', '='))
                or (direction = 'up' and comparator in ('>', '≥', '='))
            ) as is_followed
        from based
    ),

    followed as (
        select
            *,
            is_followed and target_year > period_year as is_ahead,
            -- a rate is told from where the unit stands now
            distance is not null and log_slope is not null as has_series,
            target_year - period_time as years_left
        from judged
    ),

    rated as (
        select
            *,
            case
                when is_ahead and has_series then {{ annual_rate_of_reduction("log_slope") }}
            end as observed_annual_rate,
            case
                when is_ahead and verdict <> 'met' and distance > 0
                then
                    {{
                        required_rate_of_reduction(
                            "distance",
                            distance("target_number", "direction", "ceiling"),
                            "years_left",
                        )
                    }}
            end as required_annual_rate,
            case
                when is_ahead and has_series
                then {{ projected("value", "log_slope", "years_left", "direction", "ceiling") }}
            end as projected_value
        from followed
    ),

    classed as (
        select
            *,
            case
                when not is_followed
                then null
                when verdict = 'met'
                then 'target_met'
                when not is_ahead
                then null
                when observed_annual_rate is null or required_annual_rate is null
                then 'insufficient_data'
                when observed_annual_rate <= 0
                then 'reversing'
                when observed_annual_rate >= required_annual_rate
                then 'on_track'
                else 'acceleration_needed'
            end as trend_class
        from rated
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
    unit_level,
    comparator,
    target_low,
    target_high,
    case
        milestone_basis
        when 'target'
        then target_number
        when 'plan'
        then {{ target_number_of("planned_comparator", "planned_low", "planned_high") }}
        when path
        then on_path
    end as milestone,
    case
        milestone_basis
        when 'target'
        then comparator
        when 'plan'
        then planned_comparator
        when path
        then path_comparator
    end as milestone_comparator,
    milestone_basis,
    verdict,
    case
        when milestone_basis is null
        then null
        when not has_figure
        then 'no_data'
        when milestone_basis = 'target'
        then interval_verdict
        when milestone_basis = 'plan'
        then {{ verdict_of_interval("planned_comparator", "planned_low", "planned_high") }}
        else {{ verdict_of_interval("path_comparator", "on_path", "on_path") }}
    end as milestone_verdict,
    case
        when not is_comparable
        then null
        when comparator in ('<', '≤')
        then value - target_high
        when comparator = 'between'
        then greatest(target_low - value, value - target_high)
        else target_low - value
    end as gap,
    observed_annual_rate,
    required_annual_rate,
    projected_value,
    case
        when trend_class = 'acceleration_needed' then required_annual_rate / observed_annual_rate
    end as acceleration,
    trend_class,
    is_hold_target
from classed
