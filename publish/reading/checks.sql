-- checks.sql: one row per rule of the newest run of each step that has checked anything, per dbt
-- test since the catalogue was loaded, and per wrong row of the catalogue
with
    checked_run as (
        select newest.*
        from (values ('receive'), ('build'), ('completeness')) as steps(step)
        cross join
            lateral(
                select run.run_id, run.step, coalesce(run.finished_at, run.started_at) as checked_at
                from ops.pipeline_run as run
                where
                    run.step = steps.step
                    and exists (
                        select
                        from ops.check_result as result
                        where result.run_id = run.run_id and result.suite <> 'dbt_tests'
                    )
                order by run.run_id desc
                limit 1
            ) as newest
    ),

    failing as (
        select run_id, suite, rule, programme_code, unexpected_count as rows_failed
        from ops.check_result_by_programme
        where run_id in (select run_id from checked_run)
        union all
        select run_id, suite, rule, coalesce(programme_code, ''), count(*)
        from ops.check_failure
        where run_id in (select run_id from checked_run)
        group by 1, 2, 3, 4
    ),

    loaded as (
        select run_id, coalesce(finished_at, started_at) as checked_at, detail
        from ops.pipeline_run
        where step = 'catalogue' and status = 'succeeded'
        order by run_id desc
        limit 1
    ),

    tested as (
        select distinct
            on (node.node_id)
            node.node_id,
            node.status = 'pass' as is_met,
            node.failures,
            run.step,
            run.status as run_status,
            coalesce(run.finished_at, run.started_at) as checked_at,
            (
                select jsonb_object_agg(blocked.programme_code, null)
                from
                    jsonb_each(coalesce(run.detail -> 'blocked', '{}')) as blocked(
                        programme_code, texts
                    ),
                    jsonb_array_elements_text(blocked.texts) as text
                where starts_with(text, node.node_id || ':')
            ) as programmes
        from ops.node_result as node
        inner join ops.pipeline_run as run on run.run_id = node.run_id
        where
            node.node_id like 'test.%'
            and node.status <> 'skipped'
            and node.run_id >= (select run_id from loaded)
        order by node.node_id, node.run_id desc
    )

select
    checked_run.step,
    checked_run.checked_at,
    result.suite,
    result.rule,
    result.severity,
    result.is_met,
    result.rows_checked,
    result.unexpected_count as rows_failed,
    coalesce(
        (
            select jsonb_object_agg(failing.programme_code, failing.rows_failed)
            from failing
            where
                failing.run_id = result.run_id
                and failing.suite = result.suite
                and failing.rule = result.rule
        ),
        '{}'
    ) as programmes
from checked_run
inner join
    ops.check_result as result on result.run_id = checked_run.run_id and result.suite <> 'dbt_tests'
union all
select
    tested.step,
    tested.checked_at,
    'dbt_tests',
    split_part(tested.node_id, '.', 3),
    case
        when tested.programmes is not null or tested.run_status = 'failed'
        then 'critical'
        when not tested.is_met
        then 'warning'
    end,
    tested.is_met,
    null,
    tested.failures,
    coalesce(tested.programmes, '{}')
from tested
union all
select
    'catalogue',
    loaded.checked_at,
    'seeds',
    problem,
    'critical',
    false,
    null,
    null,
    jsonb_object_agg(blocked.programme_code, null)
from
    loaded,
    jsonb_each(coalesce(loaded.detail -> 'blocked', '{}')) as blocked(programme_code, problems),
    jsonb_array_elements_text(blocked.problems) as problem
where not starts_with(problem, 'test.')
group by loaded.checked_at, problem
order by 1, 3, 4
