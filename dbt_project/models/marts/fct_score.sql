-- fct_score.sql: one row per programme, period, unit and line of its score sheet, each section and
-- group with the sum of the lines below it
-- Sums are made from the deepest lines up: each is cut to its own maximum before it goes into the
-- next one, and leaves out what is not known.
{%- set deepest = 4 %}
with
    required as (select * from {{ ref("int_scores__required_lines") }}),

    reporting_units as (select * from {{ ref("int_scores__reporting_units") }}),

    -- made once: it is looked up line by line
    scored as materialized(select * from {{ ref("fct_score_line") }}),

    lines as (
        select
            required.*,
            scored.self_points,
            scored.computed_points,
            scored.verified_points,
            scored.counted_points,
            scored.min_possible_points,
            scored.max_possible_points,
            scored.is_met,
            scored.reason,
            scored.reason_codes,
            coalesce(scored.is_made_up, false) as is_made_up
        from required
        left join scored using (programme_code, period, unit_id, criterion_code)
    ),

    at_{{ deepest }} as (select * from lines where depth = {{ deepest }}),

    {% for depth in range(deepest - 1, -1, -1) -%}
        below_{{ depth }} as (
            select
                programme_code,
                period,
                unit_id,
                parent_code,
                sum(self_points) as self_points,
                sum(computed_points) as computed_points,
                sum(verified_points) as verified_points,
                sum(counted_points) as counted_points,
                {{ sum_if_all_known("min_possible_points") }},
                {{ sum_if_all_known("max_possible_points") }},
                bool_or(is_made_up) as is_made_up
            from at_{{ depth + 1 }}
            group by 1, 2, 3, 4
        ),

        at_{{ depth }} as (
            select
                lines.programme_code,
                lines.period,
                lines.unit_id,
                lines.criterion_code,
                lines.unit_code,
                lines.unit_level,
                lines.parent_code,
                lines.depth,
                lines.sort_order,
                lines.kind,
                lines.points_rule,
                lines.points_each,
                lines.max_points,
                lines.verification,
                lines.agency_code,
                lines.nothing_occurred_result,
                lines.requires_met,
                {{ points_with_children("self_points") }},
                {{ points_with_children("computed_points") }},
                {{ points_with_children("verified_points") }},
                {{ points_with_children("counted_points") }},
                {{ bounds_with_children("min_possible_points") }},
                {{ bounds_with_children("max_possible_points") }},
                lines.is_met,
                lines.reason,
                lines.reason_codes,
                lines.is_made_up or coalesce(below.is_made_up, false) as is_made_up
            from lines
            left join
                below_{{ depth }} as below
                on below.programme_code = lines.programme_code
                and below.period = lines.period
                and below.unit_id = lines.unit_id
                and below.parent_code = lines.criterion_code
            where lines.depth = {{ depth }}
        ),
    {% endfor %}
    summed as (
        {% for depth in range(deepest + 1) -%}
            select * from at_{{ depth }} {{ "union all" if not loop.last }}
        {% endfor %}
    )

select
    programme_code,
    period,
    unit_id,
    unit_code,
    criterion_code,
    unit_level,
    parent_code,
    sort_order,
    kind,
    agency_code,
    max_points,
    self_points,
    computed_points,
    verified_points,
    counted_points,
    min_possible_points,
    max_possible_points,
    is_met,
    reason,
    reason_codes,
    reporting_units.unit_id is not null as has_reported,
    is_made_up
from summed
left join reporting_units using (programme_code, period, unit_id)
