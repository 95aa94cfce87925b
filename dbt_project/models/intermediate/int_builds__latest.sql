-- int_builds__latest.sql: one row: the newest build, and the instant that it took as now
-- Obligations are read as of it where the session asks for no other instant.
{{ config(materialized="replaced_view") }}

select run_id, as_of
from {{ ref("stg_pipeline_runs") }}
where step = 'build'
order by run_id desc
limit 1
