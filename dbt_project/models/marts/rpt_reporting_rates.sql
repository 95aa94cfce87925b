-- rpt_reporting_rates.sql: one row per programme, period and unit, over the reports owed by it
-- and below it
-- Four rates, each beside its count; none is capped. On time counts only what has a dated
-- deadline.
-- Every unit is counted below the units of its own time.
with
    obligations as (select * from {{ ref("fct_report_obligation") }} where status <> 'exempt'),

    ancestors as (select * from {{ ref("bridge_org_unit_ancestor") }}),

    counted as (
        select
            obligations.programme_code,
            obligations.period,
            ancestors.ancestor_id,
            ancestors.ancestor_code,
            ancestors.ancestor_level,
            count(*)::integer as obligations,
            count(obligations.deadline_at)::integer as obligations_dated,
            count(obligations.first_received_at)::integer as reports_submitted,
            (count(*) filter (where obligations.status = 'on_time'))::integer as reports_on_time,
            count(obligations.fulfilled_at)::integer as reports_accepted,
            (count(*) filter (where obligations.is_complete))::integer as reports_complete
        from obligations
        inner join ancestors on ancestors.unit_id = obligations.unit_id
        group by 1, 2, 3, 4, 5
        -- the country has a row where units of several provinces owe; else it is that province
        -- again
        having
            ancestors.ancestor_level <> 'country'
            or min(ancestors.province_id) <> max(ancestors.province_id)
    )

select
    programme_code,
    period,
    ancestor_id as unit_id,
    ancestor_code as unit_code,
    ancestor_level as unit_level,
    obligations,
    obligations_dated,
    reports_submitted,
    reports_on_time,
    reports_accepted,
    reports_complete,
    {{ reporting_rates() }}
from counted
