-- figure_line.sql: one row per unit with a figure, boundary basis and reported line that is or was
-- in the figure: of a unit with reports owed below it their lines, each with its share, of any
-- other its own
with
    -- read twice: the planner has to see through to the indexes
    expected as not materialized(select * from {{ ref("int_expected_reports__by_org_unit") }}),

    versions as not materialized(select * from {{ ref("int_values__versioned") }}),

    parts as (select * from {{ ref("int_org_units__rollup_units") }}),

    units as (select * from {{ ref("int_org_units__resolved") }}),

    assigned as (select * from {{ ref("int_indicators__assigned") }} where is_figure),

    below as (
        select
            versions.programme_code,
            versions.indicator_code,
            versions.period,
            expected.unit_code as figure_unit_code,
            expected.boundary_basis as boundary_basis,
            versions.rollup_measure as figure_measure,
            versions.unit_id,
            versions.unit_code,
            versions.agency_code,
            versions.measure,
            versions.known_from,
            versions.known_to,
            versions.numerator_low,
            versions.numerator_high,
            versions.denominator_low,
            versions.denominator_high,
            versions.value_status,
            parts.weight as weight,
            parts.is_estimated as is_estimated,
            versions.is_primary,
            versions.is_summable,
            versions.submission_id,
            versions.line_id
        from expected
        inner join
            parts
            on parts.rollup_unit_id = expected.unit_id
            and parts.boundary_basis = expected.boundary_basis
        inner join
            versions
            on versions.programme_code = expected.programme_code
            and versions.period = expected.period
            and versions.unit_id = parts.unit_id
        where versions.is_owed and versions.feeds_rollup and versions.rollup_measure is not null
    ),

    own as (
        select
            versions.programme_code,
            versions.indicator_code,
            versions.period,
            units.unit_code as figure_unit_code,
            bases.boundary_basis as boundary_basis,
            versions.measure as figure_measure,
            versions.unit_id,
            versions.unit_code,
            versions.agency_code,
            versions.measure,
            versions.known_from,
            versions.known_to,
            versions.numerator_low,
            versions.numerator_high,
            versions.denominator_low,
            versions.denominator_high,
            versions.value_status,
            1::numeric as weight,
            false as is_estimated,
            versions.is_primary,
            versions.is_summable,
            versions.submission_id,
            versions.line_id
        from units
        inner join versions on versions.unit_id = units.unit_id
        cross join (values ('as_reported'), ('current')) as bases(boundary_basis)
        where
            (units.valid_to = 'infinity' or bases.boundary_basis = 'as_reported')
            and exists (
                select 1
                from assigned
                where
                    assigned.programme_code = versions.programme_code
                    and assigned.indicator_code = versions.indicator_code
                    and assigned.agency_code = versions.agency_code
            )
            and not exists (
                select 1
                from expected
                where
                    expected.programme_code = versions.programme_code
                    and expected.period = versions.period
                    and expected.unit_id = units.unit_id
                    and expected.boundary_basis = bases.boundary_basis
            )
    )

select *
from below
union all
select *
from own
