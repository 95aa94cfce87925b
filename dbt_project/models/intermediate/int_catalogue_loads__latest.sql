-- int_catalogue_loads__latest.sql: one row: the instant that the newest load of the catalogue took
-- as now
{{ config(materialized="replaced_view") }}

select as_of
from {{ ref("stg_pipeline_runs") }}
where step = 'catalogue' and status in ('running', 'succeeded')
order by run_id desc
limit 1
