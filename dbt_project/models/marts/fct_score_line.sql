-- fct_score_line.sql: one row per programme, period, unit and line of its score sheet that gives
-- or takes points itself
-- Missing is never zero: a line that nobody could score counts nothing, and has a reason; its
-- possible minimum and maximum are what it can still come to.
{%- set unit = "programme_code, period, unit_id" %}
with
    required as (
        select *, case kind when 'deduction' then -1 else 1 end as sign
        from {{ ref("int_scores__required_lines") }}
        where points_rule <> 'sum'
    ),

    submitted as materialized(select * from {{ ref("int_scores__submitted") }}),

    evidence as materialized(select * from {{ ref("fct_score_evidence") }}),

    -- what each target of the sheet got, as evidence of other lines: a re-score counts
    targets as (
        select
            {{ unit }},
            criterion_code,
            min(required.sort_order) as sort_order,
            {{ state_of_criterion() }} as state,
            bool_or(evidence.is_made_up or submitted.is_made_up) as is_made_up
        from required
        left join evidence using ({{ unit }}, criterion_code)
        left join submitted using ({{ unit }}, criterion_code)
        where required.points_rule = 'indicators_met'
        group by {{ unit }}, criterion_code
    ),

    all_evidence as (
        select {{ unit }}, criterion_code, code, sort_order, state, finding, is_made_up
        from evidence
        union all
        select
            {{ unit }},
            required.criterion_code,
            targets.criterion_code,
            targets.sort_order,
            {{ state_for_other_lines() }},
            null,
            targets.is_made_up
        from required
        inner join targets using ({{ unit }})
        where required.points_rule in ('all_criteria_met', 'each_criterion_failed')
    ),

    tallied as materialized(
        select
            {{ unit }},
            criterion_code,
            count(*) filter (where state = 'met') as met,
            count(*) filter (where state = 'failed') as failed,
            count(*) filter (where state = 'open') as open,
            bool_and(state in ('excluded', 'not_applicable'))
            and bool_or(state = 'excluded') as is_excluded,
            {{ codes_in_state("failed") }},
            {{ codes_in_state("open") }},
            {{ codes_in_state("not_applicable") }},
            {{ codes_in_state("excluded") }},
            bool_or(finding = 'no_data') as lacks_data,
            bool_or(is_made_up) as is_made_up
        from all_evidence
        group by {{ unit }}, criterion_code
    ),

    scored as (
        select
            required.*,
            required.sign * submitted.self_points as self_points,
            required.sign * submitted.verified_points as verified_points,
            {{ computed_points() }} as computed_points,
            -- what a line that counts each failure comes to if all that is open fails
            case
                when required.points_rule like 'each%' and submitted.verified_points is null
                then required.points_each * coalesce(tallied.failed + tallied.open, 0)
            end as uncapped_worst_points,
            case
                when required.requires_met and required.verification = 'optional'
                then coalesce(submitted.verified_met, submitted.self_met) = 1
                when required.requires_met
                then submitted.verified_met = 1
            end as is_met,
            tallied.failed_codes,
            tallied.open_codes,
            coalesce(tallied.excluded_codes, tallied.not_applicable_codes) as unread_codes,
            required.points_rule not like 'each%'
            and submitted.verified_points is null
            and coalesce(tallied.is_excluded, false) as is_excluded,
            coalesce(tallied.lacks_data, false) as lacks_data,
            coalesce(submitted.has_inexact, false) as has_inexact,
            coalesce(submitted.is_made_up, false)
            or coalesce(tallied.is_made_up, false) as is_made_up
        from required
        left join submitted using ({{ unit }}, criterion_code)
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
            {{ capped_points("uncapped_worst_points", "max_points") }} as worst_points
        from scored
    ),

    ranged as (
        select
            *,
            coalesce(counted_points, 0) as known_points,
            case
                when is_excluded then 0 else coalesce(worst_points, counted_points, max_points)
            end as extreme_points
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
    case kind when 'deduction' then extreme_points else known_points end as min_possible_points,
    case kind when 'deduction' then known_points else extreme_points end as max_possible_points,
    is_met,
    {{ score_reason() }} as reason,
    case
        when verified_points is not null
        then null
        when counted_points is null
        then coalesce(open_codes, unread_codes)
        else failed_codes
    end as reason_codes,
    is_made_up
from ranged
