-- fct_score.sql: one row per published line of a score sheet, beside the sum of those below it
-- Nothing is read where none of the programmes has a sheet.
with
    scores as (
        select *
        from marts.fct_score
        where %(is_scored)s and programme_code = any(%(programmes)s) and period = any(%(periods)s)
    ),

    below as (
        select programme_code, period, unit_id, parent_code, sum(counted_points) as counted_points
        from scores
        group by 1, 2, 3, 4
    )

select
    scores.programme_code,
    scores.period,
    scores.unit_id,
    scores.criterion_code,
    scores.kind,
    scores.max_points,
    scores.counted_points,
    units.unit_id is not null as unit_is_known,
    criteria.points_rule = 'sum' as is_sum,
    -- greatest and least look past a null: what is not known stays so
    case
        when below.counted_points is null
        then null
        when scores.max_points < 0
        then greatest(below.counted_points, scores.max_points)
        else least(below.counted_points, scores.max_points)
    end as points_below
from scores
left join
    catalogue.criteria
    on criteria.programme_code = scores.programme_code
    and criteria.criterion_code = scores.criterion_code
left join
    below
    on below.programme_code = scores.programme_code
    and below.period = scores.period
    and below.unit_id = scores.unit_id
    and below.parent_code = scores.criterion_code
left join app.org_unit as units on units.unit_id = scores.unit_id
