-- int_builds__latest.sql: one row: the newest build, the instant that it took as now, and the
-- newest decision that the published figures contain
-- Obligations are read as of it where the session asks for no other instant.
{{ config(materialized="replaced_view") }}

with
    runs as (select * from {{ ref("stg_pipeline_runs") }} where step = 'build'),

    verdicts as (select * from {{ ref("stg_verdicts") }}),

    approvals as (select * from {{ ref("stg_report_approvals") }}),

    -- a build without news publishes nothing, and ends all the same
    published as (
        select coalesce(verdicts.decided_at, approvals.decided_at) as decided_at
        from runs
        left join verdicts on verdicts.accepted_seq = runs.accepted_through
        left join approvals on approvals.accepted_seq = runs.accepted_through
        where runs.published_at is not null or runs.status = 'succeeded'
        order by runs.run_id desc
        limit 1
    )

select run_id, as_of, (select decided_at from published) as newest_decided_at
from runs
order by run_id desc
limit 1
