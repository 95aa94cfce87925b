-- rpt_missing_reports.sql: one row per report whose deadline has passed with nothing accepted
with
    obligations as (select * from {{ ref("fct_report_obligation") }} where is_overdue),

    -- not materialized: looked up by its index
    ancestors as not materialized(select * from {{ ref("bridge_org_unit_ancestor") }}),

    programmes as (select * from {{ ref("dim_programme") }})

select
    obligations.programme_code,
    obligations.period,
    obligations.unit_id,
    obligations.unit_code,
    obligations.agency_code,
    programmes.programme_name,
    units.ancestor_name as unit_name,
    obligations.unit_level,
    provinces.ancestor_code as province_code,
    provinces.ancestor_name as province_name,
    obligations.deadline_at,
    obligations.status,
    obligations.first_received_at,
    obligations.days_late,
    obligations.is_open
from obligations
inner join
    ancestors as units
    on units.unit_id = obligations.unit_id
    and units.ancestor_level = obligations.unit_level
inner join
    ancestors as provinces
    on provinces.unit_id = obligations.unit_id
    and provinces.ancestor_level = 'province'
inner join programmes on programmes.programme_code = obligations.programme_code
