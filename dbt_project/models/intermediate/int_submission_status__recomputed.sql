-- int_submission_status__recomputed.sql: one row per report and half-open time between two
-- decisions, of the periods about which something was decided since the statuses were stored
{{ config(materialized="replaced_view") }}

with changed as materialized(select * from {{ ref("int_submission_status__changed_periods") }})

select
    programme_code,
    period,
    unit_id,
    agency_code,
    first_received_at,
    fulfilled_at,
    accepted_at,
    accepted_submission_id,
    is_awaiting_approval,
    submission_id,
    known_from,
    known_to
from {{ ref("int_submission_status__computed") }}
where {{ in_listed_periods("changed") }}
