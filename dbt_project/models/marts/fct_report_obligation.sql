-- fct_report_obligation.sql: one row per report that is owed or excused, with its status as of the
-- time that the session asks for
-- On time is decided by the server's clock when the first version that was later accepted arrived.
with
    as_of as (select {{ obligations_as_of() }} as as_of_at),

    owed as (select * from {{ ref("int_expected_reports__as_of") }}),

    programmes as (select * from {{ ref("programmes") }}),

    periods as (select * from {{ ref("int_periods__with_closing") }}),

    -- of a period one of the two has rows. Apart, so that the reports of a few units are looked up
    -- in the stored ones by their index; not materialized, for the same reason
    stored as not materialized(
        select *
        from {{ ref("int_submission_status__unchanged") }}
        where known_from <= (select as_of_at from as_of) and known_to > (select as_of_at from as_of)
    ),

    recomputed as materialized(
        select *
        from {{ ref("int_submission_status__recomputed") }}
        where known_from <= (select as_of_at from as_of) and known_to > (select as_of_at from as_of)
    ),

    -- one row per key, and the planner knows it, of these and of the next: a query without their
    -- columns skips the joins
    required as (
        select programme_code, agency_code, unit_level, max(lines_required) as lines_required
        from {{ ref("int_required_lines__counted") }}
        where plan_unit_code is null
        group by 1, 2, 3
    ),

    own_lines as (
        select programme_code, agency_code, unit_level, plan_unit_code, lines_required
        from {{ ref("int_required_lines__counted") }}
    ),

    completeness as (
        select programme_code, period, unit_id, agency_code, max(lines_reported) as lines_reported
        from {{ ref("int_completeness__history") }}
        where known_from <= (select as_of_at from as_of) and known_to > (select as_of_at from as_of)
        group by 1, 2, 3, 4
    ),

    received as (
        select
            owed.*,
            coalesce(stored.first_received_at, recomputed.first_received_at) as first_received_at,
            coalesce(stored.fulfilled_at, recomputed.fulfilled_at) as fulfilled_at,
            coalesce(stored.accepted_at, recomputed.accepted_at) as accepted_at,
            coalesce(
                stored.accepted_submission_id, recomputed.accepted_submission_id
            ) as accepted_submission_id,
            coalesce(
                stored.is_awaiting_approval, recomputed.is_awaiting_approval
            ) as is_awaiting_approval
        from owed
        left join
            stored
            on stored.programme_code = owed.programme_code
            and stored.period = owed.period
            and stored.unit_id = owed.unit_id
            and stored.agency_code = owed.agency_code
        left join
            recomputed
            on recomputed.programme_code = owed.programme_code
            and recomputed.period = owed.period
            and recomputed.unit_id = owed.unit_id
            and recomputed.agency_code = owed.agency_code
    ),

    evaluated as (
        select
            received.*,
            as_of.as_of_at,
            {{
                lines_required(
                    "received.form", "coalesce(own_lines.lines_required, required.lines_required)"
                )
            }} as lines_required,
            case
                when received.fulfilled_at is null
                then 0
                else coalesce(completeness.lines_reported, 0)
            end as lines_reported,
            -- of a plan that has ended, what is due after its end is still to be reported
            (
                programmes.ends_on >= (as_of.as_of_at at time zone 'Asia/Ho_Chi_Minh')::date
                or coalesce(received.last_on_time_on > programmes.ends_on, false)
            )
            and (periods.closed_at <= as_of.as_of_at) is not true as is_open,
            case
                when received.is_exempt
                then 'exempt'
                when received.deadline_at is null
                then 'no_deadline'
                when received.fulfilled_at < received.deadline_at
                then 'on_time'
                when received.fulfilled_at is not null
                then 'late'
                when received.is_awaiting_approval
                then 'awaiting_approval'
                when received.first_received_at is not null
                then 'rejected'
                when as_of.as_of_at < received.deadline_at
                then 'not_due'
                else 'missing'
            end as status
        from received
        cross join as_of
        inner join programmes on programmes.programme_code = received.programme_code
        -- each has a period; of an inner join by two columns the planner would expect a tenth
        left join
            periods
            on periods.programme_code = received.programme_code
            and periods.period = received.period
        left join
            required
            on required.programme_code = received.programme_code
            and required.agency_code = received.agency_code
            and required.unit_level = received.unit_level
        left join
            own_lines
            on own_lines.programme_code = received.programme_code
            and own_lines.agency_code = received.agency_code
            and own_lines.unit_level = received.unit_level
            and own_lines.plan_unit_code = received.unit_code
        left join
            completeness
            on completeness.programme_code = received.programme_code
            and completeness.period = received.period
            and completeness.unit_id = received.unit_id
            and completeness.agency_code = received.agency_code
    )

select
    programme_code,
    period,
    unit_id,
    unit_code,
    agency_code,
    unit_level,
    last_on_time_on,
    deadline_at,
    deadline_revision,
    status,
    reason,
    first_received_at,
    fulfilled_at,
    accepted_at,
    accepted_submission_id,
    lines_required::integer as lines_required,
    lines_reported::integer as lines_reported,
    {{ is_complete("fulfilled_at", "lines_reported", "lines_required") }} as is_complete,
    case
        when status = 'on_time'
        then 0
        when
            status in ('late', 'missing', 'rejected', 'awaiting_approval')
            and coalesce(fulfilled_at, as_of_at) >= deadline_at
        then
            (coalesce(fulfilled_at, as_of_at) at time zone 'Asia/Ho_Chi_Minh')::date
            - (deadline_at at time zone 'Asia/Ho_Chi_Minh')::date
            + 1
    end as days_late,
    -- most deadlines have passed; of an inequality the planner would expect a third, and look up
    -- the statuses of a nation one by one
    case
        when as_of_at >= deadline_at
        then status in ('missing', 'rejected', 'awaiting_approval')
        else false
    end as is_overdue,
    is_open
from evaluated
