-- int_submissions__validated.sql: one row per validated submission of a report that its unit may
-- send
-- Which unit it is about was decided at the gate and is kept with the verdict. What needs an
-- approval is accepted by the approval and not before: its number and time are the approval's.
{{ config(materialized="replaced_view") }}

with
    submissions as (select * from {{ ref("stg_submissions") }}),

    verdicts as (select * from {{ ref("stg_verdicts") }}),

    requests as (select * from {{ ref("stg_approval_requests") }} where stage = 'counting'),

    approvals as (select * from {{ ref("stg_report_approvals") }} where stage = 'counting'),

    latest as (select * from {{ ref("int_expected_reports__latest") }}),

    former_units as (select * from {{ ref("int_expected_reports__former_units") }})

-- int_expected_reports__admissible has both, but of a union the planner knows no statistics: it
-- would compare every report of a period with every unit
select
    submissions.submission_id,
    submissions.programme_code,
    submissions.period,
    verdicts.unit_id,
    coalesce(latest.unit_code, former_units.unit_code) as unit_code,
    submissions.agency_code,
    coalesce(latest.unit_level, former_units.unit_level) as unit_level,
    coalesce(
        latest.partition_province_id, former_units.partition_province_id
    ) as partition_province_id,
    submissions.submission_type,
    submissions.form,
    submissions.received_at,
    verdicts.status,
    coalesce(approvals.decided_at, verdicts.decided_at) as decided_at,
    coalesce(approvals.accepted_seq, verdicts.accepted_seq) as accepted_seq,
    requests.requested_at as approval_requested_at,
    approvals.decided_at as approval_decided_at,
    verdicts.accepted_seq as verdict_seq,
    approvals.is_approved and requests.on_time_by = 'approved' as is_on_time_by_approval,
    requests.requested_at is not null and approvals.decided_at is null as is_awaiting_approval,
    coalesce(latest.is_owed, false) as is_owed,
    coalesce(latest.is_in_rollup, former_units.is_in_rollup) as is_in_rollup,
    latest.unit_id is null as is_former,
    verdicts.is_accepted
    and coalesce(approvals.is_approved, requests.requested_at is null) as is_accepted,
    submissions.is_made_up
from submissions
inner join verdicts on verdicts.submission_id = submissions.submission_id
left join requests on requests.submission_id = submissions.submission_id
left join approvals on approvals.submission_id = submissions.submission_id
left join
    latest
    on latest.unit_id = verdicts.unit_id
    and latest.programme_code = submissions.programme_code
    and latest.period = submissions.period
    and latest.agency_code = submissions.agency_code
left join
    former_units
    on former_units.unit_id = verdicts.unit_id
    and former_units.programme_code = submissions.programme_code
    and former_units.period = submissions.period
    and former_units.agency_code = submissions.agency_code
where latest.unit_id is not null or former_units.unit_id is not null
