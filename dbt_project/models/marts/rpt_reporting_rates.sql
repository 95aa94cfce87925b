-- rpt_reporting_rates.sql: one row per programme, period and unit, over the reports owed by it and
-- below it
-- Four rates, each beside its count; none is capped. On time counts only what has a dated deadline.
with
    obligations as (select * from {{ ref("fct_report_obligation") }} where status <> 'exempt'),

    units as (select * from {{ ref("dim_org_unit") }} where is_newest),

    places as (
        select unit_id, unit_id as place_id
        from units
        union
        select unit_id, district_id
        from units
        where district_id is not null
        union
        select unit_id, province_id
        from units
    ),

    counted as (
        select
            obligations.programme_code,
            obligations.period,
            places.place_id,
            count(*)::integer as obligations,
            count(obligations.deadline_at)::integer as obligations_dated,
            count(obligations.first_received_at)::integer as reports_submitted,
            (count(*) filter (where obligations.status = 'on_time'))::integer as reports_on_time,
            count(obligations.accepted_at)::integer as reports_accepted,
            (count(*) filter (where obligations.is_complete))::integer as reports_complete
        from obligations
        inner join places on places.unit_id = obligations.unit_id
        group by 1, 2, 3
    )

select
    counted.programme_code,
    counted.period,
    units.unit_id,
    units.unit_code,
    units.unit_level,
    counted.obligations,
    counted.obligations_dated,
    counted.reports_submitted,
    counted.reports_on_time,
    counted.reports_accepted,
    counted.reports_complete,
    counted.reports_submitted * 100.0 / counted.obligations as submitted_pct,
    counted.reports_on_time * 100.0 / nullif(counted.obligations_dated, 0) as on_time_pct,
    counted.reports_accepted * 100.0 / counted.obligations as accepted_pct,
    counted.reports_complete * 100.0 / counted.obligations as complete_pct
from counted
inner join units on units.unit_id = counted.place_id
