-- rpt_score_ranking.sql: one row per programme, period and unit that its score sheet is for,
-- with the points known so far and the verdict
-- Recognised: every line scores above zero, all are met, and the least possible total reaches the
-- class's threshold, if each maximum is known. A unit that has not reported has no rank.
{%- set unit = "programme_code, period, unit_id" %}
with
    sheets as (select * from {{ ref("dim_score_sheet") }}),

    scores as (
        select
            fct_score.*,
            sheets.verdict_rule,
            kind = 'deduction' or coalesce(max_points < 0, false) as is_taken,
            kind in ('section', 'group') as is_sum
        from {{ ref("fct_score") }} as fct_score
        inner join sheets using (programme_code)
    ),

    classes as (select * from {{ ref("dim_score_class") }}),

    unit_classes as (select * from {{ ref("dim_org_unit_class") }}),

    units as (select * from {{ ref("dim_org_unit") }} where is_latest_version),

    -- each line once for the sums and once for each cause: one pass instead of two joined sums
    with_causes as (
        select
            scores.*,
            causes.cause,
            causes.cause is null and parent_code is null as is_total,
            concat_ws(
                ' ',
                causes.cause,
                criterion_code,
                case when causes.cause in ('not_verified', 'met_unknown') then agency_code end
            ) as reason_text
        from scores
        cross join
            lateral(
                select null as cause
                union all
                select reason
                where
                    not is_sum
                    and reason <> 'excluded'
                    and (counted_points is null or verdict_rule <> 'ranked')
                union all
                select 'points_unknown'
                where
                    (verdict_rule, kind) = ('recognised', 'line')
                    and max_points is null
                    and reason is distinct from 'points_unknown'
            ) as causes
    ),

    totals as (
        select
            {{ unit }},
            unit_code,
            unit_level,
            verdict_rule,
            sum(counted_points) filter (
                where is_total and not is_taken
            ) as points_before_deductions,
            sum(counted_points) filter (where is_total and is_taken) as deductions,
            sum(counted_points) filter (where is_total) as total_points,
            sum(min_possible_points) filter (where is_total) as min_possible_points,
            case
                when bool_and(max_possible_points is not null) filter (where is_total)
                then sum(max_possible_points) filter (where is_total)
            end as max_possible_points,
            coalesce(
                sum(min_possible_points - coalesce(counted_points, 0)) filter (
                    where is_total and is_taken
                ),
                0
            ) as open_deductions,
            bool_or(has_reported) as has_reported,
            bool_or(is_made_up) filter (where is_total) as is_made_up,
            array_agg(reason_text order by sort_order, reason_text) filter (
                where cause is not null
            ) as reasons,
            coalesce(bool_or(cause in ('scored_zero', 'not_met')), false) as has_failed,
            coalesce(bool_or(cause = 'points_unknown'), false) as lacks_maximum
        from with_causes
        group by {{ unit }}, unit_code, unit_level, verdict_rule
    ),

    evaluated as (
        select
            totals.*,
            totals.verdict_rule = 'ranked'
            and totals.has_reported
            and totals.total_points is not null as is_ranked,
            unit_classes.class_code,
            classes.min_points as threshold,
            coalesce(
                totals.max_possible_points < classes.min_points and not totals.lacks_maximum, false
            ) as is_below
        from totals
        left join unit_classes using (programme_code, unit_code)
        left join classes using (programme_code, class_code)
    )

select
    evaluated.programme_code,
    evaluated.period,
    evaluated.unit_id,
    evaluated.unit_code,
    units.unit_name,
    evaluated.unit_level,
    evaluated.has_reported,
    evaluated.points_before_deductions,
    evaluated.deductions,
    evaluated.total_points,
    evaluated.max_possible_points - coalesce(evaluated.total_points, 0) as open_points,
    evaluated.open_deductions,
    coalesce(evaluated.min_possible_points = evaluated.max_possible_points, false) as is_final,
    case
        when evaluated.is_ranked
        then
            rank() over (
                partition by evaluated.programme_code, evaluated.period, evaluated.is_ranked
                order by evaluated.total_points desc
            )::integer
    end as rank,
    evaluated.class_code,
    evaluated.threshold,
    case
        when evaluated.verdict_rule <> 'recognised'
        then null
        when evaluated.has_failed or evaluated.is_below
        then 'not_recognised'
        when evaluated.reasons is null and evaluated.min_possible_points >= evaluated.threshold
        then 'recognised'
        else 'undetermined'
    end as verdict,
    array_cat(
        case
            when evaluated.verdict_rule = 'recognised' and evaluated.threshold is null
            then array['class_unknown']
            when evaluated.is_below
            then array['below_threshold']
            else array[]::text[]
        end,
        coalesce(evaluated.reasons, array[]::text[])
    ) as reasons,
    evaluated.is_made_up
from evaluated
inner join units on units.unit_id = evaluated.unit_id
