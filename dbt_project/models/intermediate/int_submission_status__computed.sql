-- int_submission_status__computed.sql: one row per report and half-open time between two
-- decisions, with the status of the report in it
-- A retraction withdraws all that was received before it: the obligation is as if nothing had
-- been sent. The report that fulfils it is the first to arrive among those that passed the gate;
-- where it is the approval that has to be on time, the first to be approved. One that needs an
-- approval has two rows: it waits from the gate on, and is decided about by the approver, with
-- all of the same report that waited before it.
{{ config(materialized="replaced_view") }}

with
    -- read twice: what is chosen of the reports has to go down to their indexes
    decided as not materialized(select * from {{ ref("int_submissions__decided") }}),

    verdicts as (select * from {{ ref("stg_verdicts") }}),

    approvals as (select * from {{ ref("stg_report_approvals") }}),

    decisions as (
        select
            programme_code,
            period,
            unit_id,
            agency_code,
            partition_province_id,
            submission_id,
            received_at,
            case when is_on_time_by_approval then decided_at else received_at end as fulfilling_at,
            is_accepted,
            is_accepted and submission_type = 'retraction' as is_withdrawal,
            coalesce(is_awaiting_approval, false) as is_awaiting_approval,
            is_accepted or approval_decided_at is not null as ends_waiting,
            decided_at,
            accepted_seq
        from decided
        union all
        select
            programme_code,
            period,
            unit_id,
            agency_code,
            partition_province_id,
            submission_id,
            received_at,
            received_at,
            false,
            false,
            true,
            false,
            approval_requested_at,
            verdict_seq
        from decided
        where approval_decided_at is not null
    ),

    ordered as (
        select
            *,
            coalesce(lead(decided_at) over of_report, 'infinity') as known_to,
            count(*) filter (where is_withdrawal) over of_report as times_withdrawn
        from decisions
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
            min(fulfilling_at) filter (where is_accepted and not is_withdrawal) over (
                since_withdrawal rows between unbounded preceding and current row
            ) as fulfilled_at,
            min(fulfilling_at) filter (where is_accepted and not is_withdrawal) over (
                since_withdrawal rows between unbounded preceding and 1 preceding
            ) as fulfilled_before_at,
            {%- for what, name in (
                ("is_awaiting_approval", "last_awaiting_seq"),
                ("ends_waiting", "last_ended_seq"),
            ) %}
                max(accepted_seq) filter (where {{ what }}) over (
                    partition by programme_code, period, unit_id, agency_code
                    order by accepted_seq
                    rows between unbounded preceding and current row
                ) as {{ name }}{{ "," if not loop.last }}
            {%- endfor %}
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
    fulfilled.agency_code,
    fulfilled.partition_province_id,
    fulfilled.first_received_at,
    fulfilled.fulfilled_at,
    fulfilled.accepted_at,
    coalesce(verdicts.submission_id, approvals.submission_id) as accepted_submission_id,
    coalesce(
        fulfilled.last_awaiting_seq > coalesce(fulfilled.last_ended_seq, 0), false
    ) as is_awaiting_approval,
    fulfilled.submission_id,
    fulfilled.decided_at as known_from,
    fulfilled.known_to
from fulfilled
-- joined last, and not at all where the column is not read
left join verdicts on verdicts.accepted_seq = fulfilled.fulfilling_seq
left join approvals on approvals.accepted_seq = fulfilled.fulfilling_seq
-- two verdicts at one instant: the first has no time of its own
where fulfilled.decided_at < fulfilled.known_to
