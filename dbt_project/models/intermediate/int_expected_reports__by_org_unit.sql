-- int_expected_reports__by_org_unit.sql: one row per programme, period, place and basis with the
-- reports owed
-- below it
with
    scheduled as (
        select *
        from {{ ref("int_expected_reports__latest") }}
        where is_owed and feeds_rollup and form = 'figures'
    ),

    places as (select * from {{ ref("int_org_units__rollup_units") }})

select
    scheduled.programme_code,
    scheduled.period,
    places.rollup_unit_id as unit_id,
    places.rollup_unit_code as unit_code,
    places.rollup_unit_level as unit_level,
    places.boundary_basis,
    count(*) as units_expected,
    bool_or(places.is_restated and places.boundary_basis = 'current') as is_restated
from scheduled
inner join places on places.unit_id = scheduled.unit_id
group by 1, 2, 3, 4, 5, 6
