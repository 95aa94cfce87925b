-- int_submissions__received.sql: one row per submission, with its file and, if the gate has
-- decided,
-- its verdict
{{ config(materialized="replaced_view") }}

with
    submissions as (select * from {{ ref("stg_submissions") }}),

    files as (select * from {{ ref("stg_files") }}),

    verdicts as (select * from {{ ref("stg_verdicts") }})

select submissions.*, files.file_name, verdicts.unit_id, verdicts.status, verdicts.decided_at
from submissions
inner join files on files.sha256 = submissions.sha256
left join verdicts on verdicts.submission_id = submissions.submission_id
