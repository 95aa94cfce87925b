-- int_expected_reports__admissible.sql: one row per report that the gate may accept: of the unit
-- that is expected to send it, or of one that ended or moved away within the period
{{ config(materialized="replaced_view") }}

with
    latest as (select * from {{ ref("int_expected_reports__latest") }}),

    former_units as (select * from {{ ref("int_expected_reports__former_units") }})

select
    programme_code,
    period,
    unit_id,
    agency_code,
    unit_code,
    unit_level,
    partition_province_id,
    form,
    is_owed,
    feeds_rollup,
    is_in_rollup,
    false as is_former,
    resolve_on,
    reason
from latest
union all
select
    programme_code,
    period,
    unit_id,
    agency_code,
    unit_code,
    unit_level,
    partition_province_id,
    form,
    false,
    feeds_rollup,
    is_in_rollup,
    true,
    resolve_on,
    reason
from former_units
