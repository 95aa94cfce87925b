-- int_expected_reports__succession_adjustments.sql: one row per programme, period, agency, unit and
-- basis whose reports to come are other ones while predecessors speak for a successor
-- A unit that owes, and has not reported itself while a predecessor has, counts as its predecessors
-- do: each of them is expected in its place. As of the time asked for.
{{ config(materialized="replaced_view") }}

with
    successions as (select * from {{ ref("int_expected_reports__successions") }}),

    superseded as (
        select programme_code, period, agency_code, unit_id
        from {{ ref("int_predecessor_reports__superseded") }}
        where {{ is_valid_as_of() }}
    ),

    unsuperseded as (
        select *
        from successions
        where
            (programme_code, period, agency_code, predecessor_id)
            not in (select programme_code, period, agency_code, unit_id from superseded)
    ),

    -- looked up report by report: there are few successions, and many reports
    with_report as (
        select unsuperseded.*, own.is_reported
        from unsuperseded
        cross join
            lateral(
                select coalesce(bool_or(status.fulfilled_at is not null), false) as is_reported
                from {{ ref("int_submission_status__history") }} as status
                where
                    status.programme_code = unsuperseded.programme_code
                    and status.period = unsuperseded.period
                    and status.unit_id = unsuperseded.predecessor_id
                    and status.agency_code = unsuperseded.agency_code
                    and {{ is_valid_as_of() }}
            ) as own
    ),

    -- successors that are represented by their predecessors
    represented as (
        select programme_code, period, agency_code, successor_id
        from with_report
        group by 1, 2, 3, 4
        having bool_or(is_reported)
    ),

    changes as (
        select programme_code, period, agency_code, successor_id as unit_id, -1 as change
        from represented
        union all
        select distinct
            with_report.programme_code,
            with_report.period,
            with_report.agency_code,
            with_report.predecessor_id,
            1
        from with_report
        inner join represented using (programme_code, period, agency_code, successor_id)
    ),

    rollup_units as (select * from {{ ref("int_org_units__rollup_units") }}),

    of_period as (select * from {{ ref("int_expected_reports__rollup_units") }}),

    units as (select * from {{ ref("int_org_units__resolved") }}),

    located as (
        select
            changes.*,
            rollup_units.rollup_unit_id,
            rollup_units.rollup_unit_code,
            rollup_units.rollup_unit_level,
            rollup_units.boundary_basis
        from changes
        inner join rollup_units on rollup_units.unit_id = changes.unit_id
        union all
        select
            changes.*,
            of_period.rollup_unit_id,
            units.unit_code,
            units.unit_level,
            of_period.boundary_basis
        from changes
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
