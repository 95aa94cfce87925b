-- int_submissions__validated.sql: one row per judged submission of a report that its unit may send
-- A code in a file is resolved to the unit that bears it on the day that the schedule names.
{{ config(materialized="view") }}

with
    submissions as (select * from {{ ref("stg_submissions") }}),

    verdicts as (select * from {{ ref("stg_verdicts") }}),

    scheduled as (select * from {{ ref("int_expected_reports__latest") }})

select
    submissions.submission_id,
    submissions.programme_code,
    submissions.period,
    scheduled.unit_id,
    submissions.unit_code,
    submissions.agency_code,
    scheduled.unit_level,
    scheduled.current_province_id,
    submissions.submission_type,
    submissions.form,
    submissions.received_at,
    verdicts.status,
    verdicts.decided_at,
    verdicts.accepted_seq,
    scheduled.is_owed,
    scheduled.feeds_rollup,
    verdicts.is_accepted,
    submissions.is_made_up
from submissions
inner join verdicts on verdicts.submission_id = submissions.submission_id
inner join
    scheduled
    on scheduled.programme_code = submissions.programme_code
    and scheduled.period = submissions.period
    and scheduled.unit_code = submissions.unit_code
    and scheduled.agency_code = submissions.agency_code
