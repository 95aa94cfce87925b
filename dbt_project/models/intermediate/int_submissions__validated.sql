-- int_submissions__validated.sql: one row per validated submission of a report that its unit may
-- send
{{ config(materialized="replaced_view") }}

with
    decided as (select * from {{ ref("int_submissions__decided") }}),

    latest as (select * from {{ ref("int_expected_reports__latest") }}),

    former_units as (select * from {{ ref("int_expected_reports__former_units") }})

-- int_expected_reports__admissible has both, but of a union the planner knows no statistics: it
-- would compare every report of a period with every unit
select
    decided.submission_id,
    decided.programme_code,
    decided.period,
    decided.unit_id,
    coalesce(latest.unit_code, former_units.unit_code) as unit_code,
    decided.agency_code,
    coalesce(latest.unit_level, former_units.unit_level) as unit_level,
    decided.partition_province_id,
    decided.submission_type,
    decided.form,
    decided.received_at,
    decided.status,
    decided.decided_at,
    decided.accepted_seq,
    coalesce(latest.is_owed, false) as is_owed,
    coalesce(latest.is_in_rollup, former_units.is_in_rollup) as is_in_rollup,
    latest.unit_id is null as is_former,
    decided.is_accepted,
    decided.is_made_up
from decided
left join
    latest
    on latest.unit_id = decided.unit_id
    and latest.programme_code = decided.programme_code
    and latest.period = decided.period
    and latest.agency_code = decided.agency_code
left join
    former_units
    on former_units.unit_id = decided.unit_id
    and former_units.programme_code = decided.programme_code
    and former_units.period = decided.period
    and former_units.agency_code = decided.agency_code
where latest.unit_id is not null or former_units.unit_id is not null
