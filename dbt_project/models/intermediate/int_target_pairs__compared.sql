-- int_target_pairs__compared.sql: one row per figure as reported and target beside it, with the
-- verdict
-- Beside which units a target is shown: int_targets__applied.
-- Communes are read by period alone: only districts and provinces need their whole history.
{{ config(materialized="replaced_view") }}

{%- set figure = figure_columns() | join(", ") %}

with
    periods as (select * from {{ ref("int_periods__with_window") }}),

    main_targets as (select * from {{ ref("int_main_targets__selected") }}),

    figures as (
        select
            {{ figure }},
            null as direction,
            null::numeric as ceiling,
            false as has_distance,
            null::numeric as distance,
            null::numeric as log_slope
        from {{ ref("int_rollups__computed") }}
        where boundary_basis = 'as_reported' and unit_level not in ('district', 'province')
        union all
        select {{ figure }}, direction, ceiling, has_distance, distance, log_slope
        from {{ ref("int_indicator_trends__fitted") }}
    ),

    bounded as (
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

    -- read twice: the planner has to see through to the index
    targets as not materialized(
        select *, {{ effective_comparator("targets") }} as effective_comparator
        from {{ ref("int_targets__applied") }} as targets
    ),

    -- looked up in a hash, so that a figure meets one list and each list one figure
    listed as (
        select
            *,
            case
                when
                    (programme_code, indicator_code, unit_id) in (
                        select programme_code, indicator_code, unit_id
                        from targets
                        where unit_id is not null
                    )
                then unit_id
                else ''
            end as list_unit_id
        from bounded
    ),

    paired as (
        select
            listed.*,
            targets.target_scope,
            targets.target_year,
            targets.comparator,
            targets.effective_comparator,
            targets.target_low,
            targets.target_high,
            targets.better_end,
            targets.bound_unit_code,
            targets.indicator_code is not null as has_target,
            coalesce(targets.measure = listed.measure, false) as is_comparable,
            {{
                target_number_of(
                    "targets.effective_comparator",
                    "targets.target_low",
                    "targets.target_high",
                )
            }} as target_number,
            {{
                verdict_of_interval(
                    "targets.effective_comparator",
                    "targets.target_low",
                    "targets.target_high",
                    "listed.",
                )
            }} as interval_verdict,
            targets.exceeded_when = 'beyond_bound'
            and {{ is_beyond_bound("listed.value_low", "listed.value_high", "targets") }}
            as is_beyond_bound
        from listed
        left join
            targets
            on targets.programme_code = listed.programme_code
            and targets.indicator_code = listed.indicator_code
            and targets.unit_level = listed.unit_level
            and coalesce(targets.unit_id, '') = listed.list_unit_id
    )

select
    *,
    coalesce(is_comparable and is_beyond_bound, false) as is_exceeded,
    case
        when not has_target
        then 'no_target'
        when not is_comparable
        then 'not_comparable'
        when not has_figure
        then 'no_data'
        else interval_verdict
    end as verdict,
    case
        when not is_comparable
        then null
        when effective_comparator in ('<', '≤')
        then value - target_high
        when effective_comparator = 'between'
        then greatest(target_low - value, value - target_high)
        else target_low - value
    end as gap,
    -- looked up in hashes of a small table; a join would have to be planned for every reader
    case
        when not has_target or target_scope = 'national'
        then false
        when list_unit_id <> ''
        then
            (programme_code, indicator_code, period, unit_id, target_scope, target_year) in (
                select programme_code, indicator_code, period, unit_id, target_scope, target_year
                from main_targets
                where unit_id is not null
            )
        else
            (programme_code, indicator_code, period, unit_level, target_scope, target_year) in (
                select programme_code, indicator_code, period, unit_level, target_scope, target_year
                from main_targets
                where unit_id is null
            )
    end as is_main_target
from paired
