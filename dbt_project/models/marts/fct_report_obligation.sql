-- fct_report_obligation.sql: one row per report that is owed, and how it stands at the moment
-- On time is told by the server's clock when the first version that was later accepted arrived.
with
    as_of as (select {{ moment() }} as moment),

    owed as (select * from {{ ref("int_reports__owed") }}),

    answered as (select * from {{ ref("int_obligations__answered") }}),

    lines as (select * from {{ ref("int_values__versioned") }} where is_primary),

    -- the lines that a report has to hold are those of its level that its sender is assigned
    indicators as (
        select
            assigned.programme_code,
            assigned.indicator_code,
            assigned.agency_code,
            measures.unit_level
        from {{ ref("int_indicators__assigned") }} as assigned
        inner join
            {{ ref("indicator_measures") }} as measures
            on measures.programme_code = assigned.programme_code
            and measures.indicator_code = assigned.indicator_code
        where assigned.is_required
    ),

    required as (
        select programme_code, agency_code, unit_level, count(*) as lines_required
        from indicators
        group by 1, 2, 3
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
    ),

    -- counted in the column itself: who does not ask for it does not wait for it
    counted as (
        select
            stood.*,
            case
                when stood.accepted_at is null
                then 0
                else
                    (
                        select count(*)
                        from lines
                        inner join
                            indicators
                            on indicators.programme_code = lines.programme_code
                            and indicators.indicator_code = lines.indicator_code
                            and indicators.agency_code = lines.agency_code
                            and indicators.unit_level = lines.unit_level
                        where
                            lines.programme_code = stood.programme_code
                            and lines.period = stood.period
                            and lines.unit_id = stood.unit_id
                            and lines.agency_code = stood.agency_code
                            and lines.known_from <= stood.moment
                            and lines.known_to > stood.moment
                            and lines.value_status <> 'missing'
                    )
            end as lines_reported
        from stood
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
    accepted_at is not null and lines_reported >= lines_required as is_complete,
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
    status in ('missing', 'rejected') and moment >= deadline_at as is_overdue
from counted
