-- int_indicator_trends__fitted.sql: one row per figure of a district or province, with the slope
-- of its series so far
-- The series: the unit's exact figures up to this period, and the plan's baseline where the unit
-- has no exact figure of that period. A baseline of which not enough was reported
-- counts as none. Every window starts with the unit, so that a reader of one unit reads its history
-- and no other.
{{ config(materialized="replaced_view") }}

{%- set columns = figure_columns() %}

with
    figures as (
        select *
        from {{ ref("int_rollups__computed") }}
        where boundary_basis = 'as_reported' and unit_level in ('district', 'province')
    ),

    periods as (select * from {{ ref("int_periods__with_window") }}),

    baselines as (
        select *
        from {{ ref("int_baselines__resolved") }}
        where unit_level in ('district', 'province') and value is not null
    ),

    indicators as (select * from {{ ref("int_indicators__recorded") }}),

    points as (
        select
            {%- for column in columns %} figures.{{ column }}, {%- endfor %}
            {{ period_time("periods.data_to") }} as period_time,
            true as is_figure,
            coalesce(
                periods.kind = 'baseline' and figures.is_provisional, false
            ) as is_partial_baseline
        from figures
        inner join
            periods
            on periods.programme_code = figures.programme_code
            and periods.period = figures.period
        union all
        select {{ columns | join(", ") }}, period_time, false, false
        from baselines
    ),

    -- the ceiling: the whole of a share
    bounded as (
        select
            points.*,
            indicators.direction,
            case
                when points.measure = 'share'
                then 100
                when points.measure = 'rate' and indicators.is_part_of_whole
                then indicators.factor
            end as ceiling,
            case
                when points.is_figure
                then not points.is_partial_baseline
                else
                    not coalesce(
                        bool_or(
                            points.is_figure
                            and not points.is_partial_baseline
                            and points.value is not null
                        ) over (
                            partition by
                                points.programme_code,
                                points.indicator_code,
                                points.unit_id,
                                points.unit_code,
                                points.measure,
                                points.period
                        ),
                        false
                    )
            end as is_in_series
        from points
        inner join
            indicators
            on indicators.programme_code = points.programme_code
            and indicators.indicator_code = points.indicator_code
    ),

    -- counts, yes/no and changes have no rate of reduction, nor has what grows without a limit
    with_distance as (
        select
            *,
            coalesce(
                measure in ('rate', 'share')
                and (direction = 'down' or (direction = 'up' and ceiling is not null)),
                false
            ) as has_distance,
            case
                when measure in ('rate', 'share')
                then {{ distance("value", "direction", "ceiling") }}
            end as distance
        from bounded
    ),

    fitted as (
        select
            *,
            regr_slope(ln(distance::float8), period_time::float8) filter (
                where is_in_series and distance > 0
            ) over series as log_slope,
            coalesce(
                bool_or(distance <= 0) filter (where is_in_series) over series, false
            ) as has_reached_zero
        from with_distance
        window
            series as (
                partition by programme_code, indicator_code, unit_id, unit_code, measure
                order by period_time
            )
    )

select
    {{ columns | join(", ") }},
    direction,
    ceiling,
    has_distance,
    distance,
    -- beyond twelve digits is the noise of the logarithm: a constant series has no slope
    case when not has_reached_zero then round(log_slope::numeric, 12) end as log_slope
from fitted
where is_figure
