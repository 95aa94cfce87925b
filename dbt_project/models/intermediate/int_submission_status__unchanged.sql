-- int_submission_status__unchanged.sql: one row per report and half-open time between two
-- decisions, stored, of the periods about which nothing was decided since
-- Nothing stored is read where no decision was taken in: of a period whose decisions were all
-- erased no decision speaks any more, and its stored rows would stand.
-- Without common table expressions, and with the changed periods as an array that is made once, so
-- that a join sees through to the index of units.
{{ config(materialized="replaced_view") }}

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
from {{ ref("int_submission_status__stored") }}
where
    exists (
        select 1
        from {{ ref("stg_partition_states") }} as states
        where
            states.consumer = '{{ relation_name(ref("int_submission_status__stored")) }}'
            and states.accepted_through > 0
    )
    and programme_code || ' ' || period <> all(
        array(
            select programme_code || ' ' || period
            from {{ ref("int_submission_status__changed_periods") }}
        )
    )
