-- int_expected_reports__rollup_units.sql: one row per report, and unit where its sums belong as
-- reported in this period, for the few units that int_org_units__rollup_units cannot answer for
-- A unit that ended within the period stands for its successor until that one reports. A unit that
-- moved between provinces belongs to its parents of the day on which the reporter is resolved.
{{
    config(
        indexes=[
            {"columns": ["unit_id", "programme_code", "period"]},
        ]
    )
}}

with
    successions as (
        select *
        from {{ ref("int_expected_reports__successions") }}
        where is_owing and is_whole and is_same_province
    ),

    admissible as (select * from {{ ref("int_expected_reports__admissible") }} where is_in_rollup),

    versions as (select * from {{ ref("int_org_unit_versions__resolved") }}),

    moved as (select unit_id from versions group by 1 having count(*) > 1),

    moved_reports as (
        select
            admissible.programme_code,
            admissible.period,
            admissible.agency_code,
            admissible.unit_id,
            versions.district_id,
            versions.province_id
        from admissible
        inner join moved on moved.unit_id = admissible.unit_id
        inner join
            versions
            on versions.unit_id = admissible.unit_id
            and versions.valid_from <= admissible.resolve_on
            and versions.valid_to > admissible.resolve_on
    )

select
    programme_code,
    period,
    agency_code,
    predecessor_id as unit_id,
    successor_id as rollup_unit_id,
    'as_reported' as boundary_basis,
    false as is_estimated,
    true as is_restated
from successions
union all
select programme_code, period, agency_code, unit_id, district_id, 'as_reported', false, false
from moved_reports
where district_id <> unit_id
union all
select programme_code, period, agency_code, unit_id, province_id, 'as_reported', false, false
from moved_reports
where province_id <> unit_id
