-- rpt_score_ranking.sql: one row per programme, period and unit that its score sheet is for, with
-- the points known so far and what comes of them
-- Recognised: every line scores above zero, all are met, and the least that the total can come to
-- reaches the threshold of the unit's class. Where a maximum is not known no total is weighed.
{%- set unit = "programme_code, period, unit_id" %}
with
    sheets as (select * from {{ ref("score_sheets") }}),

    scores as (
        select
            fct_score.*,
            sheets.verdict_rule,
            kind = 'deduction' or coalesce(max_points < 0, false) as is_taken,
            kind in ('section', 'group') as is_sum
        from {{ ref("fct_score") }} as fct_score
        inner join sheets using (programme_code)
    ),

    classes as (select * from {{ ref("score_classes") }}),

    unit_classes as (select * from {{ ref("unit_classes") }}),

    units as (select * from {{ ref("dim_org_unit") }} where is_latest_version),

    totals as (
        select
            {{ unit }},
            unit_code,
            unit_level,
            verdict_rule,
            sum(counted_points) filter (where not is_taken) as points_before_deductions,
            sum(counted_points) filter (where is_taken) as deductions,
            sum(counted_points) as total_points,
            sum(min_possible_points) as min_possible_points,
            case
                when count(max_possible_points) = count(*) then sum(max_possible_points)
            end as max_possible_points,
            coalesce(
                sum(min_possible_points - coalesce(counted_points, 0)) filter (where is_taken), 0
            ) as open_deductions,
            bool_or(is_made_up) as is_made_up
        from scores
        where parent_code is null
        group by {{ unit }}, unit_code, unit_level, verdict_rule
    ),

    said as (
        select
            {{ unit }},
            said.reason,
            concat_ws(
                ' ',
                said.reason,
                criterion_code,
                case when said.reason in ('not_verified', 'met_unknown') then agency_code end
            ) as words,
            sort_order
        from scores
        cross join
            lateral(
                select reason
                where counted_points is null or (verdict_rule = 'recognised' and reason is not null)
                union
                select 'points_unknown'
                where verdict_rule = 'recognised' and kind = 'line' and max_points is null
            ) as said
        where not is_sum
    ),

    doubts as (
        select
            {{ unit }},
            array_agg(words order by sort_order, words) as reasons,
            bool_or(reason in ('scored_zero', 'not_met')) as has_failed,
            bool_or(reason = 'points_unknown') as lacks_maximum
        from said
        group by {{ unit }}
    ),

    weighed as (
        select
            totals.*,
            doubts.reasons,
            coalesce(doubts.has_failed, false) as has_failed,
            unit_classes.class_code,
            classes.min_points as threshold,
            coalesce(
                totals.max_possible_points < classes.min_points
                and not coalesce(doubts.lacks_maximum, false),
                false
            ) as is_below
        from totals
        left join doubts using ({{ unit }})
        left join unit_classes using (programme_code, unit_code)
        left join classes using (programme_code, class_code)
    )

select
    weighed.programme_code,
    weighed.period,
    weighed.unit_id,
    weighed.unit_code,
    units.unit_name,
    weighed.unit_level,
    weighed.points_before_deductions,
    weighed.deductions,
    weighed.total_points,
    weighed.max_possible_points - coalesce(weighed.total_points, 0) as open_points,
    weighed.open_deductions,
    coalesce(weighed.min_possible_points = weighed.max_possible_points, false) as is_final,
    case
        when weighed.verdict_rule = 'ranked' and weighed.total_points is not null
        then
            rank() over (
                partition by weighed.programme_code, weighed.period
                order by weighed.total_points desc nulls last
            )::integer
    end as rank,
    weighed.class_code,
    weighed.threshold,
    case
        when weighed.verdict_rule <> 'recognised'
        then null
        when weighed.has_failed or weighed.is_below
        then 'not_recognised'
        when weighed.reasons is null and weighed.min_possible_points >= weighed.threshold
        then 'recognised'
        else 'undetermined'
    end as verdict,
    array_cat(
        case
            when weighed.verdict_rule = 'recognised' and weighed.threshold is null
            then array['class_unknown']
            when weighed.is_below
            then array['below_threshold']
            else array[]::text[]
        end,
        coalesce(weighed.reasons, array[]::text[])
    ) as reasons,
    weighed.is_made_up
from weighed
inner join units on units.unit_id = weighed.unit_id
