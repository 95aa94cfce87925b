-- int_submissions__decided.sql: one row per submission whose unit is known, with what the gate and,
-- where one is needed, an approver decided about it
-- Which unit it is about was decided at the gate and is kept with the verdict. What needs an
-- approval is accepted by the approval and not before: its number and time are the approval's.
{{ config(materialized="replaced_view") }}

with
    submissions as (select * from {{ ref("stg_submissions") }}),

    verdicts as (select * from {{ ref("stg_verdicts") }} where unit_id is not null),

    requests as (select * from {{ ref("stg_approval_requests") }} where stage = 'counting'),

    approvals as (select * from {{ ref("stg_report_approvals") }} where stage = 'counting'),

    units as (select unit_id, partition_province_id from {{ ref("int_org_units__resolved") }})

select
    submissions.submission_id,
    submissions.programme_code,
    submissions.period,
    verdicts.unit_id,
    submissions.agency_code,
    coalesce(units.partition_province_id, '') as partition_province_id,
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
    verdicts.is_accepted
    and coalesce(approvals.is_approved, requests.requested_at is null) as is_accepted,
    submissions.is_made_up
from submissions
inner join verdicts on verdicts.submission_id = submissions.submission_id
left join requests on requests.submission_id = submissions.submission_id
left join approvals on approvals.submission_id = submissions.submission_id
left join units on units.unit_id = verdicts.unit_id
