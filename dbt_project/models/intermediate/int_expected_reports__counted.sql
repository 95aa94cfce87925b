-- int_expected_reports__counted.sql: one row per programme, period, agency, unit above the
-- reporters and basis, with the number of reports that its figures are made of, as of the time
-- asked for
-- Periods that have not begun expect nothing yet. While predecessors speak for a unit that owes,
-- they are counted in its place.
{{ config(materialized="replaced_view") }}

with
    expected as (
        select expected.*
        from {{ ref("int_expected_reports__by_org_unit") }} as expected
        inner join
            {{ ref("int_periods__with_window") }} as periods
            on periods.programme_code = expected.programme_code
            and periods.period = expected.period
        where periods.data_from <= {{ obligations_as_of() }}
    ),

    adjustments as (select * from {{ ref("int_expected_reports__succession_adjustments") }})

select
    expected.programme_code,
    expected.period,
    expected.agency_code,
    expected.unit_id,
    expected.unit_code,
    expected.unit_level,
    expected.boundary_basis,
    expected.units_expected + coalesce(adjustments.units_expected_change, 0) as units_expected,
    expected.is_restated,
    expected.is_owed
from expected
left join
    adjustments
    on adjustments.programme_code = expected.programme_code
    and adjustments.period = expected.period
    and adjustments.agency_code = expected.agency_code
    and adjustments.unit_id = expected.unit_id
    and adjustments.boundary_basis = expected.boundary_basis
union all
select
    programme_code,
    period,
    agency_code,
    unit_id,
    unit_code,
    unit_level,
    boundary_basis,
    units_expected_change,
    false,
    true
from adjustments
where
    (programme_code, period, agency_code, unit_id, boundary_basis)
    not in (select programme_code, period, agency_code, unit_id, boundary_basis from expected)
