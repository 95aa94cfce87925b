-- fct_report_obligation.sql: one row per report that is owed or excused, with its status as of the
-- time that the session asks for
-- On time is decided by the server's clock when the first version that was later accepted arrived.
with
    as_of as (select {{ obligations_as_of() }} as as_of_at),

    owed as (select * from {{ ref("int_expected_reports__as_of") }}),

    programmes as (select * from {{ ref("programmes") }}),

    periods as (select * from {{ ref("int_periods__with_closing") }}),

    statuses as (
        select *
        from {{ ref("int_submission_status__history") }}
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

    evaluated as (
        select
            owed.*,
            as_of.as_of_at,
            statuses.first_received_at,
            statuses.fulfilled_at,
            statuses.accepted_at,
            statuses.accepted_submission_id,
            {{
                lines_required(
                    "owed.form", "coalesce(own_lines.lines_required, required.lines_required)"
                )
            }} as lines_required,
            case
                when statuses.fulfilled_at is null
                then 0
                else coalesce(completeness.lines_reported, 0)
            end as lines_reported,
            -- of a plan that has ended, what is due after its end is still to be reported
            (
                programmes.ends_on >= (as_of.as_of_at at time zone 'Asia/Ho_Chi_Minh')::date
                or coalesce(owed.last_on_time_on > programmes.ends_on, false)
            )
            and (periods.closed_at <= as_of.as_of_at) is not true as is_open,
            case
                when owed.is_exempt
                then 'exempt'
                when owed.deadline_at is null
                then 'no_deadline'
                when statuses.fulfilled_at < owed.deadline_at
                then 'on_time'
                when statuses.fulfilled_at is not null
                then 'late'
                when statuses.is_awaiting_approval
                then 'awaiting_approval'
                when statuses.first_received_at is not null
                then 'rejected'
                when as_of.as_of_at < owed.deadline_at
                then 'not_due'
                else 'missing'
            end as status
        from owed
        cross join as_of
        inner join programmes on programmes.programme_code = owed.programme_code
        inner join
            periods on periods.programme_code = owed.programme_code and periods.period = owed.period
        left join
            required
            on required.programme_code = owed.programme_code
            and required.agency_code = owed.agency_code
            and required.unit_level = owed.unit_level
        left join
            own_lines
            on own_lines.programme_code = owed.programme_code
            and own_lines.agency_code = owed.agency_code
            and own_lines.unit_level = owed.unit_level
            and own_lines.plan_unit_code = owed.unit_code
        left join
            statuses
            on statuses.programme_code = owed.programme_code
            and statuses.period = owed.period
            and statuses.unit_id = owed.unit_id
            and statuses.agency_code = owed.agency_code
        left join
            completeness
            on completeness.programme_code = owed.programme_code
            and completeness.period = owed.period
            and completeness.unit_id = owed.unit_id
            and completeness.agency_code = owed.agency_code
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
    status in ('missing', 'rejected', 'awaiting_approval')
    and as_of_at >= deadline_at as is_overdue,
    is_open
from evaluated
