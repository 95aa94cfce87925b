-- int_submission_status__history.sql: one row per report and half-open time between two
-- verdicts, with the status of the report in it
-- A retraction withdraws all that was received before it: the obligation is as if nothing had
-- been sent. The report that fulfils it is the first to arrive among those that passed the gate.
{{ config(materialized="replaced_view") }}

with
    validated as (
        select *, is_accepted and submission_type = 'retraction' as is_withdrawal
        from {{ ref("int_submissions__validated") }}
    ),

    verdicts as (select * from {{ ref("stg_verdicts") }}),

    ordered as (
        select
            *,
            coalesce(lead(decided_at) over of_report, 'infinity') as known_to,
            count(*) filter (where is_withdrawal) over of_report as times_withdrawn
        from validated
        window
            of_report as (
                partition by programme_code, period, unit_id, agency_code order by accepted_seq
            )
    ),

    received as (
        select
            *,
            min(received_at) filter (where not is_withdrawal) over (
                since_withdrawal rows between unbounded preceding and current row
            ) as first_received_at,
            min(received_at) filter (where is_accepted and not is_withdrawal) over (
                since_withdrawal rows between unbounded preceding and current row
            ) as fulfilled_at,
            min(received_at) filter (where is_accepted and not is_withdrawal) over (
                since_withdrawal rows between unbounded preceding and 1 preceding
            ) as fulfilled_before_at
        from ordered
        window
            since_withdrawal as (
                partition by programme_code, period, unit_id, agency_code, times_withdrawn
                order by accepted_seq
            )
    ),

    -- what fulfils is what arrived earliest so far
    fulfilled as (
        select
            *
            {%- for what, name in (
                ("accepted_seq", "fulfilling_seq"),
                ("decided_at", "accepted_at"),
            ) -%}
                ,
                max({{ what }}) filter (
                    where fulfilled_at is distinct from fulfilled_before_at
                ) over (
                    partition by programme_code, period, unit_id, agency_code, times_withdrawn
                    order by accepted_seq
                    rows between unbounded preceding and current row
                ) as {{ name }}
            {%- endfor %}
        from received
    )

select
    fulfilled.programme_code,
    fulfilled.period,
    fulfilled.unit_id,
    fulfilled.unit_code,
    fulfilled.agency_code,
    fulfilled.first_received_at,
    fulfilled.fulfilled_at,
    fulfilled.accepted_at,
    verdicts.submission_id as accepted_submission_id,
    fulfilled.submission_id,
    fulfilled.decided_at as known_from,
    fulfilled.known_to
from fulfilled
-- joined last, and not at all where the column is not read
left join verdicts on verdicts.accepted_seq = fulfilled.fulfilling_seq
-- two verdicts at one instant: the first has no time of its own
where fulfilled.decided_at < fulfilled.known_to
