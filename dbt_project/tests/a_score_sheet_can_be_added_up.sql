-- a_score_sheet_can_be_added_up.sql: lines whose points could not be made or added up
with
    criteria as (select * from {{ ref("criteria") }}),

    parts as (select * from {{ ref("criterion_indicators") }}),

    counted as (
        select
            criteria.*,
            parent.points_rule as parent_rule,
            parent.max_points as parent_max,
            (
                select count(*)
                from criteria as below
                where
                    below.programme_code = criteria.programme_code
                    and below.parent_code = criteria.criterion_code
            ) as lines_below,
            (
                select count(*)
                from parts
                where
                    parts.programme_code = criteria.programme_code
                    and parts.criterion_code = criteria.criterion_code
                    and parts.part = 'points'
            ) as points_parts,
            (
                select count(*)
                from parts
                where
                    parts.programme_code = criteria.programme_code
                    and parts.criterion_code = criteria.criterion_code
                    and parts.part = 'figure'
            ) as figure_parts
        from criteria
        left join
            criteria as parent
            on parent.programme_code = criteria.programme_code
            and parent.criterion_code = criteria.parent_code
    ),

    validated as (
        select
            programme_code,
            criterion_code,
            case
                when parent_code is not null and parent_rule is distinct from 'sum'
                then 'it stands in no section or group'
                when (points_rule = 'sum') <> (lines_below > 0)
                then 'a sum has lines below it, and nothing else has'
                when (points_rule = 'sum') <> (kind in ('section', 'group'))
                then 'sections and groups are sums, and nothing else is'
                when points_rule = 'reported' and points_parts <> 1
                then 'what is reported has one indicator of part points'
                when points_parts > 1
                then 'a line has one score'
                when (points_rule = 'indicators_met') <> (figure_parts > 0)
                then 'figures decide where the rule says so, and nowhere else'
                when points_rule = 'indicators_met' and max_points is null
                then 'what its figures give has to be known'
                when (points_rule like 'each%') <> (points_each is not null)
                then 'each failure takes its points'
                when kind = 'deduction' and (max_points > 0 or points_each > 0)
                then 'a deduction is negative'
                when kind = 'deduction' and coalesce(parent_max, 0) >= 0
                then 'deductions stand in a section that takes'
                when kind in ('line', 'bonus') and (max_points < 0 or parent_max < 0)
                then 'what gives points does not stand among deductions'
            end as what_is_wrong
        from counted
    )

select *
from validated
where what_is_wrong is not null
