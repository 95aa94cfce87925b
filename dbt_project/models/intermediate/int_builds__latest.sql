-- int_builds__latest.sql: one row: the newest build, the instant that it took as now, and the
-- newest
-- verdict that its figures contain
-- Obligations are read as of it where the session asks for no other instant.
{{ config(materialized="replaced_view") }}

with
    runs as (select * from {{ ref("stg_pipeline_runs") }} where step = 'build'),

    verdicts as (select * from {{ ref("stg_verdicts") }})

select runs.run_id, runs.as_of, verdicts.decided_at as newest_decided_at
from runs
left join verdicts on verdicts.accepted_seq = runs.accepted_through
order by runs.run_id desc
limit 1
