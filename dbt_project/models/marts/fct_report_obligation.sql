-- fct_report_obligation.sql: one row per report that is owed, and how it stands at the moment
-- On time is told by the server's clock when the first version that was later accepted arrived.
with
    as_of as (select {{ obligations_as_of() }} as moment),

    owed as (select * from {{ ref("int_expected_reports__as_of") }}),

    programmes as (select * from {{ ref("programmes") }}),

    periods as (select * from {{ ref("int_periods__with_closing") }}),

    answered as (
        select *
        from {{ ref("int_submission_status__history") }}
        where known_from <= (select moment from as_of) and known_to > (select moment from as_of)
    ),

    required as (
        select programme_code, agency_code, unit_level, count(*) as lines_required
        from {{ ref("int_indicators__required") }}
        group by 1, 2, 3
    ),

    -- one row a report, and the planner knows it: who does not ask for it does not wait for it
    counted as (
        select programme_code, period, unit_code, agency_code, max(lines_reported) as lines_reported
        from {{ ref("int_completeness__history") }}
        where known_from <= (select moment from as_of) and known_to > (select moment from as_of)
        group by 1, 2, 3, 4
    ),

    stood as (
        select
            owed.*,
            as_of.moment,
            answered.first_received_at,
            answered.fulfilled_at,
            answered.accepted_at,
            answered.accepted_submission_id,
            case
                when owed.form = 'figures' then coalesce(required.lines_required, 0) else 0
            end as lines_required,
            case
                when answered.fulfilled_at is null then 0 else coalesce(counted.lines_reported, 0)
            end as lines_reported,
            -- of a plan that has ended what is due after its end is still asked for
            (
                programmes.ends_on >= (as_of.moment at time zone 'Asia/Ho_Chi_Minh')::date
                or coalesce(owed.last_on_time_on > programmes.ends_on, false)
            )
            and (periods.closed_at <= as_of.moment) is not true as is_open,
            case
                when owed.reason like 'exempt by %'
                then 'exempt'
                when owed.deadline_at is null
                then 'no_deadline'
                when answered.fulfilled_at < owed.deadline_at
                then 'on_time'
                when answered.fulfilled_at is not null
                then 'late'
                when answered.first_received_at is not null
                then 'rejected'
                when as_of.moment < owed.deadline_at
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
            -- by the code, as in the schedule's index: else a national period compares all with all
            answered
            on answered.programme_code = owed.programme_code
            and answered.period = owed.period
            and answered.unit_code = owed.unit_code
            and answered.agency_code = owed.agency_code
        left join
            counted
            on counted.programme_code = owed.programme_code
            and counted.period = owed.period
            and counted.unit_code = owed.unit_code
            and counted.agency_code = owed.agency_code
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
    fulfilled_at is not null and lines_reported >= lines_required as is_complete,
    case
        when status = 'on_time'
        then 0
        when
            status in ('late', 'missing', 'rejected')
            and coalesce(fulfilled_at, moment) >= deadline_at
        then
            (coalesce(fulfilled_at, moment) at time zone 'Asia/Ho_Chi_Minh')::date
            - (deadline_at at time zone 'Asia/Ho_Chi_Minh')::date
            + 1
    end as days_late,
    status in ('missing', 'rejected') and moment >= deadline_at as is_overdue,
    is_open
from stood
