-- int_scores__required_lines.sql: one row per programme, period, unit and line of its score
-- sheet
-- The units are those of the sheet's level that a report is scheduled of or about in an owed
-- period.
{{
    config(
        indexes=[
            {
                "columns": ["unit_id", "programme_code", "period", "criterion_code"],
                "unique": true,
            },
        ]
    )
}}

with recursive
    sheets as (select * from {{ ref("score_sheets") }}),

    criteria as (select * from {{ ref("criteria") }}),

    indicators as (select * from {{ ref("criterion_indicators") }}),

    assigned as (select * from {{ ref("int_indicators__assigned") }}),

    rules as (select * from {{ ref("zero_base_rules") }} where situation = 'nothing_occurred'),

    units as (
        select distinct programme_code, period, unit_id, unit_code, unit_level
        from {{ ref("int_expected_reports__latest") }}
        where reason <> 'baseline'
    ),

    lines as (
        select programme_code, criterion_code, 0 as depth
        from criteria
        where parent_code is null
        union all
        select criteria.programme_code, criteria.criterion_code, lines.depth + 1
        from criteria
        inner join
            lines
            on lines.programme_code = criteria.programme_code
            and lines.criterion_code = criteria.parent_code
    ),

    assessed as (
        select
            indicators.programme_code,
            indicators.criterion_code,
            min(assigned.agency_code) filter (
                where assigned.score_role = 'verified'
            ) as agency_code,
            bool_or(indicators.part = 'met') as requires_met
        from indicators
        inner join
            assigned
            on assigned.programme_code = indicators.programme_code
            and assigned.indicator_code = indicators.indicator_code
        group by 1, 2
    )

select
    units.programme_code,
    units.period,
    units.unit_id,
    criteria.criterion_code,
    units.unit_code,
    units.unit_level,
    criteria.parent_code,
    lines.depth,
    criteria.sort_order,
    criteria.kind,
    criteria.points_rule,
    criteria.points_each,
    criteria.max_points,
    criteria.verification,
    assessed.agency_code,
    rules.result as nothing_occurred_result,
    sheets.verdict_rule = 'recognised' and coalesce(assessed.requires_met, false) as requires_met
from sheets
inner join
    units on units.programme_code = sheets.programme_code and units.unit_level = sheets.unit_level
inner join criteria on criteria.programme_code = sheets.programme_code
inner join
    lines
    on lines.programme_code = criteria.programme_code
    and lines.criterion_code = criteria.criterion_code
left join
    assessed
    on assessed.programme_code = criteria.programme_code
    and assessed.criterion_code = criteria.criterion_code
left join
    rules
    on rules.programme_code = criteria.programme_code
    and rules.criterion_code = criteria.criterion_code
