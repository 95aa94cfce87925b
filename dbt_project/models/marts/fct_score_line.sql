-- fct_score_line.sql: one row per programme, period, unit and line of its score sheet that gives or
-- takes points itself
-- Missing is never zero: a line that nobody could score counts nothing, and says why; least and
-- most tell what it can still come to.
{%- set unit = "programme_code, period, unit_id" %}
with
    asked as (
        select *, case kind when 'deduction' then -1 else 1 end as sign
        from {{ ref("int_scores__required_lines") }}
        where points_rule <> 'sum'
    ),

    marked as materialized(select * from {{ ref("int_scores__submitted") }}),

    grounds as materialized(select * from {{ ref("fct_score_evidence") }}),

    -- what each target of the sheet got, as a ground of other lines: a re-score counts
    targets as (
        select
            {{ unit }},
            criterion_code,
            min(asked.sort_order) as sort_order,
            case
                when min(marked.verified_points) = 0
                then 'failed'
                when min(marked.verified_points) < min(asked.max_points)
                then 'short'
                when min(marked.verified_points) is not null
                then 'met'
                when bool_or(grounds.state = 'failed')
                then 'failed'
                when
                    bool_and(grounds.state in ('met', 'not_applicable'))
                    and bool_or(grounds.state = 'met')
                then 'met'
                else 'open'
            end as state,
            bool_or(grounds.is_made_up or marked.is_made_up) as is_made_up
        from asked
        left join grounds using ({{ unit }}, criterion_code)
        left join marked using ({{ unit }}, criterion_code)
        where asked.points_rule = 'indicators_met'
        group by {{ unit }}, criterion_code
    ),

    all_grounds as (
        select {{ unit }}, criterion_code, code, sort_order, state, finding, is_made_up
        from grounds
        union all
        select
            {{ unit }},
            asked.criterion_code,
            targets.criterion_code,
            targets.sort_order,
            case
                when targets.state <> 'short'
                then targets.state
                when asked.points_rule = 'all_criteria_met'
                then 'failed'
                else 'met'
            end,
            null,
            targets.is_made_up
        from asked
        inner join targets using ({{ unit }})
        where asked.points_rule in ('all_criteria_met', 'each_criterion_failed')
    ),

    tallied as materialized(
        select
            {{ unit }},
            criterion_code,
            count(*) filter (where state = 'met') as met,
            count(*) filter (where state = 'failed') as failed,
            count(*) filter (where state = 'open') as open,
            {{ codes_in_state("failed") }},
            {{ codes_in_state("open") }},
            {{ codes_in_state("not_applicable") }},
            bool_or(finding = 'no_data') as lacks_data,
            bool_or(is_made_up) as is_made_up
        from all_grounds
        group by {{ unit }}, criterion_code
    ),

    scored as (
        select
            asked.*,
            asked.sign * marked.self_points as self_points,
            asked.sign * marked.verified_points as verified_points,
            case
                when asked.points_rule in ('indicators_met', 'all_criteria_met')
                then
                    case
                        when tallied.failed > 0
                        then 0
                        when tallied.open = 0 and tallied.met > 0
                        then asked.max_points
                    end
                when asked.points_rule like 'each%'
                then
                    case
                        when tallied.failed > 0
                        then asked.points_each * tallied.failed
                        when coalesce(tallied.open, 0) = 0
                        then 0
                    end
            end as computed_points,
            -- what a line that counts each failure comes to if all that is open fails
            case
                when asked.points_rule like 'each%' and marked.verified_points is null
                then asked.points_each * coalesce(tallied.failed + tallied.open, 0)
            end as utmost_points,
            case
                when asked.asks_met and asked.verification = 'optional'
                then coalesce(marked.verified_met, marked.self_met) = 1
                when asked.asks_met
                then marked.verified_met = 1
            end as is_met,
            tallied.failed_codes,
            tallied.open_codes,
            tallied.not_applicable_codes,
            coalesce(tallied.lacks_data, false) as lacks_data,
            coalesce(marked.has_inexact, false) as has_inexact,
            coalesce(marked.is_made_up, false) or coalesce(tallied.is_made_up, false) as is_made_up
        from asked
        left join marked using ({{ unit }}, criterion_code)
        left join tallied using ({{ unit }}, criterion_code)
    ),

    counted as (
        select
            *,
            case
                when verified_points is not null
                then {{ capped_points("verified_points", "max_points") }}
                when points_rule <> 'reported'
                then {{ capped_points("computed_points", "max_points") }}
                when verification = 'optional'
                then {{ capped_points("self_points", "max_points") }}
            end as counted_points,
            {{ capped_points("utmost_points", "max_points") }} as farthest_points
        from scored
    ),

    ranged as (
        select
            *,
            coalesce(counted_points, 0) as nearest_points,
            coalesce(farthest_points, counted_points, max_points) as reached_points
        from counted
    )

select
    programme_code,
    period,
    unit_id,
    unit_code,
    criterion_code,
    self_points,
    computed_points,
    verified_points,
    counted_points,
    case kind when 'deduction' then reached_points else nearest_points end as min_possible_points,
    case kind when 'deduction' then nearest_points else reached_points end as max_possible_points,
    is_met,
    {{ score_reason() }} as reason,
    case
        when verified_points is not null
        then null
        when counted_points is null
        then coalesce(open_codes, not_applicable_codes)
        else failed_codes
    end as reason_codes,
    is_made_up
from ranged
