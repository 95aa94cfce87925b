-- rpt_reporting_status.sql: one row per report that is owed or excused, with who owes it, its
-- status
-- in words and the submission that fulfilled it
with
    obligations as (select * from {{ ref("fct_report_obligation") }}),

    programmes as (select * from {{ ref("dim_programme") }}),

    periods as (select * from {{ ref("dim_period") }}),

    agencies as (select * from {{ ref("dim_agency") }}),

    units as (select * from {{ ref("dim_org_unit") }} where is_latest_version),

    provinces as (
        select * from {{ ref("dim_org_unit") }} where is_latest_version and unit_level = 'province'
    ),

    contacts as (select * from {{ ref("dim_reporter_contact") }}),

    submissions as (select * from {{ ref("dim_submission") }}),

    labels as (select * from {{ ref("dim_code_label") }}),

    snapshot as (select * from {{ ref("dim_snapshot") }})

select
    obligations.programme_code,
    obligations.period,
    obligations.unit_id,
    obligations.unit_code,
    obligations.agency_code,
    programmes.programme_name,
    units.unit_name,
    units.unit_sort_key,
    obligations.unit_level,
    levels.label_vi as unit_level_vi,
    provinces.unit_code as province_code,
    provinces.unit_name as province_name,
    coalesce(agencies.agency_name, 'UBND ' || units.unit_name) as agency_name,
    periods.data_from,
    periods.data_to,
    obligations.last_on_time_on,
    obligations.deadline_at,
    obligations.status,
    statuses.label_vi as status_vi,
    statuses.sort_order as status_sort_order,
    obligations.reason,
    obligations.days_late,
    case
        when obligations.status = 'not_due' then obligations.last_on_time_on - snapshot.as_of_on
    end as days_left,
    coalesce(contacts.has_email or contacts.has_webhook, false) as has_contact,
    obligations.first_received_at,
    obligations.accepted_submission_id as submission_id,
    submissions.file_name,
    submissions.received_at,
    obligations.accepted_at,
    obligations.lines_required,
    obligations.lines_reported,
    obligations.is_complete,
    obligations.is_overdue,
    obligations.is_open,
    units.is_current as is_current_map,
    periods.is_latest as is_latest_period,
    snapshot.obligations_as_of as as_of
from obligations
cross join snapshot
inner join programmes on programmes.programme_code = obligations.programme_code
inner join
    periods
    on periods.programme_code = obligations.programme_code
    and periods.period = obligations.period
inner join units on units.unit_id = obligations.unit_id
left join provinces on provinces.unit_id = units.province_id
left join
    agencies
    on agencies.programme_code = obligations.programme_code
    and agencies.agency_code = obligations.agency_code
left join
    contacts
    on contacts.unit_code = obligations.unit_code
    and contacts.agency_code = obligations.agency_code
left join submissions on submissions.submission_id = obligations.accepted_submission_id
left join
    labels as statuses
    on statuses.code_list = 'report_status'
    and statuses.code = obligations.status
left join
    labels as levels on levels.code_list = 'unit_level' and levels.code = obligations.unit_level
