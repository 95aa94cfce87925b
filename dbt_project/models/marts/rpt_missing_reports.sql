-- rpt_missing_reports.sql: one row per report whose deadline has passed with nothing accepted
with
    obligations as (select * from {{ ref("fct_report_obligation") }} where is_overdue),

    units as (select * from {{ ref("dim_org_unit") }} where is_newest),

    programmes as (select * from {{ ref("dim_programme") }})

select
    obligations.programme_code,
    obligations.period,
    obligations.unit_id,
    obligations.unit_code,
    obligations.agency_code,
    programmes.programme_name,
    units.unit_name,
    obligations.unit_level,
    provinces.unit_code as province_code,
    provinces.unit_name as province_name,
    obligations.deadline_at,
    obligations.status,
    obligations.first_received_at,
    obligations.days_late
from obligations
inner join units on units.unit_id = obligations.unit_id
inner join units as provinces on provinces.unit_id = units.province_id
inner join programmes on programmes.programme_code = obligations.programme_code
