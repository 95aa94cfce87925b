-- int_submissions__validated.sql: one row per validated submission of a report that its unit may
-- send
-- Which unit it is about was decided at the gate and is kept with the verdict.
{{ config(materialized="replaced_view") }}

with
    submissions as (select * from {{ ref("stg_submissions") }}),

    verdicts as (select * from {{ ref("stg_verdicts") }}),

    admissible as (select * from {{ ref("int_expected_reports__admissible") }})

select
    submissions.submission_id,
    submissions.programme_code,
    submissions.period,
    admissible.unit_id,
    admissible.unit_code,
    submissions.agency_code,
    admissible.unit_level,
    admissible.partition_province_id,
    submissions.submission_type,
    submissions.form,
    submissions.received_at,
    verdicts.status,
    verdicts.decided_at,
    verdicts.accepted_seq,
    admissible.is_owed,
    admissible.is_in_rollup,
    admissible.is_former,
    verdicts.is_accepted,
    submissions.is_made_up
from submissions
inner join verdicts on verdicts.submission_id = submissions.submission_id
inner join
    admissible
    on admissible.programme_code = submissions.programme_code
    and admissible.period = submissions.period
    and admissible.agency_code = submissions.agency_code
    and admissible.unit_id = verdicts.unit_id
