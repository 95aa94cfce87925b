-- int_expected_reports__succession_adjustments.sql: one row per programme, period, agency, unit and
-- basis whose reports to come are other ones while predecessors are counted for a successor
-- As of the time asked for.
{{ config(materialized="replaced_view") }}

with
    substitutions as (select * from {{ ref("int_expected_reports__substitutions") }}),

    rollup_units as (select * from {{ ref("int_org_units__rollup_units") }}),

    of_period as (select * from {{ ref("int_expected_reports__rollup_units") }}),

    units as (select * from {{ ref("int_org_units__resolved") }}),

    located as (
        select
            substitutions.*,
            rollup_units.rollup_unit_id,
            rollup_units.rollup_unit_code,
            rollup_units.rollup_unit_level,
            rollup_units.boundary_basis
        from substitutions
        inner join rollup_units on rollup_units.unit_id = substitutions.unit_id
        union all
        select
            substitutions.*,
            of_period.rollup_unit_id,
            units.unit_code,
            units.unit_level,
            of_period.boundary_basis
        from substitutions
        inner join of_period using (programme_code, period, agency_code, unit_id)
        inner join units on units.unit_id = of_period.rollup_unit_id
    )

select
    programme_code,
    period,
    agency_code,
    rollup_unit_id as unit_id,
    rollup_unit_code as unit_code,
    rollup_unit_level as unit_level,
    boundary_basis,
    sum(change)::integer as units_expected_change
from located
group by 1, 2, 3, 4, 5, 6, 7
