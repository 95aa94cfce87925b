-- int_target_trends__classified.sql: one row per figure as reported and target beside it, with its
-- milestone, and whether the trend of the unit's figures leads to the target
-- The nation's target is for comparison and has no trend.
{{ config(materialized="replaced_view") }}

with
    milestones as (select * from {{ ref("int_milestones__computed") }}),

    -- the target pulls the way in which the indicator is better
    eligible as (
        select
            *,
            has_distance
            and is_comparable
            and target_scope <> 'national'
            and (
                (direction = 'down' and effective_comparator in ('<', '≤', '='))
                or (direction = 'up' and effective_comparator in ('>', '≥', '='))
            ) as has_trend,
            target_year > period_year as is_ahead,
            -- a rate counts from the unit's figure of this period
            distance is not null and log_slope is not null as has_series,
            target_year - period_time as years_left
        from milestones
    ),

    rated as (
        select
            *,
            case
                when has_trend and is_ahead and has_series
                then {{ annual_rate_of_reduction("log_slope") }}
            end as observed_annual_rate,
            case
                when has_trend and is_ahead and verdict <> 'met' and distance > 0
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
                when has_trend and is_ahead and has_series
                then {{ projected("value", "log_slope", "years_left", "direction", "ceiling") }}
            end as projected_value
        from eligible
    ),

    classified as (
        select
            *,
            case
                when not has_trend
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
    *,
    case
        when trend_class = 'acceleration_needed' then required_annual_rate / observed_annual_rate
    end as acceleration,
    {{ milestone_reason() }} as milestone_reason,
    {{ trend_reason() }} as trend_reason
from classified
