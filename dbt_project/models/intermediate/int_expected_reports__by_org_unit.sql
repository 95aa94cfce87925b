-- int_expected_reports__by_org_unit.sql: one row per programme, period, agency, unit above the
-- reporters and basis, with the number of reports that its figures are made of when all have come
-- is_owed: false for a baseline, which nobody owes.
with
    expected as (select * from {{ ref("int_expected_reports__latest") }} where is_in_rollup),

    rollup_units as (select * from {{ ref("int_org_units__rollup_units") }}),

    of_period as (select * from {{ ref("int_expected_reports__rollup_units") }}),

    units as (select * from {{ ref("int_org_units__resolved") }}),

    located as (
        select
            expected.programme_code,
            expected.period,
            expected.agency_code,
            expected.unit_id as reporter_id,
            expected.is_owed,
            rollup_units.rollup_unit_id,
            rollup_units.rollup_unit_code,
            rollup_units.rollup_unit_level,
            rollup_units.boundary_basis,
            rollup_units.is_restated
        from expected
        inner join rollup_units on rollup_units.unit_id = expected.unit_id
        union all
        select
            expected.programme_code,
            expected.period,
            expected.agency_code,
            expected.unit_id,
            expected.is_owed,
            of_period.rollup_unit_id,
            units.unit_code,
            units.unit_level,
            of_period.boundary_basis,
            of_period.is_restated
        from expected
        inner join
            of_period
            on of_period.unit_id = expected.unit_id
            and of_period.programme_code = expected.programme_code
            and of_period.period = expected.period
            and of_period.agency_code = expected.agency_code
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
    count(*) as units_expected,
    bool_or(is_restated and boundary_basis = 'current') as is_restated,
    bool_or(is_owed) as is_owed
from located
group by 1, 2, 3, 4, 5, 6, 7
