-- int_predecessor_reports__superseded.sql: one row per report of a unit that ended within the
-- period, successor and time in which the successor's own report took its place
{{ config(materialized="replaced_view") }}

with
    successions as (select * from {{ ref("int_expected_reports__successions") }}),

    units as (select unit_id, partition_province_id from {{ ref("int_org_units__resolved") }})

select
    successions.programme_code,
    successions.period,
    successions.agency_code,
    successions.predecessor_id as unit_id,
    units.partition_province_id,
    successions.successor_id,
    own.known_from,
    own.known_to
from successions
inner join units on units.unit_id = successions.predecessor_id
-- looked up report by report: there are few successions, and many reports
cross join
    lateral(
        select status.known_from, status.known_to
        from {{ ref("int_submission_status__history") }} as status
        where
            status.programme_code = successions.programme_code
            and status.period = successions.period
            and status.unit_id = successions.successor_id
            and status.agency_code = successions.agency_code
            and status.fulfilled_at is not null
    ) as own
