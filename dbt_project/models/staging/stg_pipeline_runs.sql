-- stg_pipeline_runs.sql: one row per run of a step of the pipeline
select
    run_id,
    step,
    status,
    as_of,
    catalogue_version,
    accepted_through,
    published_at,
    started_at,
    finished_at
from {{ source("ops", "pipeline_run") }}
