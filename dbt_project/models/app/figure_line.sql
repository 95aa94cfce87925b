-- figure_line.sql: one row per unit with a figure, boundary basis and reported line that is or was
-- in the figure: of a unit whose figure is made from below their lines, each with its share, of any
-- other its own
-- Lines of a unit that ended within the period are left out while its successor's report counts.
{%- set line_columns = [
    "unit_id",
    "unit_code",
    "agency_code",
    "measure",
    "known_from",
    "known_to",
    "numerator_low",
    "numerator_high",
    "denominator_low",
    "denominator_high",
    "value_status",
    "is_primary",
    "is_summable",
    "submission_id",
    "line_id",
] %}
with
    -- read more than once: the planner has to see through to the indexes
    counted as not materialized(select * from {{ ref("int_expected_reports__counted") }}),

    versions as not materialized(select * from {{ ref("int_values__versioned") }}),

    rollup_units as (select * from {{ ref("int_rollup_units__by_report") }}),

    superseded as (
        select * from {{ ref("int_predecessor_reports__superseded") }} where {{ is_valid_as_of() }}
    ),

    units as (select * from {{ ref("int_org_units__resolved") }}),

    assigned as (select * from {{ ref("int_indicators__assigned") }} where is_figure),

    -- nobody owes a baseline: a report of the unit's own counts before a sum
    expected as not materialized(
        select *
        from counted
        where
            is_owed
            or not exists (
                select 1
                from versions
                where
                    versions.programme_code = counted.programme_code
                    and versions.period = counted.period
                    and versions.unit_id = counted.unit_id
                    and versions.agency_code = counted.agency_code
                    and {{ is_valid_as_of() }}
            )
    ),

    below as (
        select
            versions.programme_code,
            versions.indicator_code,
            versions.period,
            expected.unit_code as figure_unit_code,
            expected.boundary_basis,
            versions.rollup_measure as figure_measure,
            {% for column in line_columns %} versions.{{ column }}, {% endfor %}
            rollup_units.weight,
            rollup_units.is_estimated
        from expected
        inner join
            rollup_units
            on rollup_units.rollup_unit_id = expected.unit_id
            and rollup_units.boundary_basis = expected.boundary_basis
            and coalesce(rollup_units.programme_code, expected.programme_code)
            = expected.programme_code
            and coalesce(rollup_units.period, expected.period) = expected.period
            and coalesce(rollup_units.agency_code, expected.agency_code) = expected.agency_code
        inner join
            versions
            on versions.programme_code = expected.programme_code
            and versions.period = expected.period
            and versions.agency_code = expected.agency_code
            and versions.unit_id = rollup_units.unit_id
        where
            versions.is_in_rollup
            and (
                not versions.is_former
                or not exists (
                    select 1
                    from superseded
                    where
                        superseded.programme_code = versions.programme_code
                        and superseded.period = versions.period
                        and superseded.agency_code = versions.agency_code
                        and superseded.unit_id = versions.unit_id
                )
            )
    ),

    own as (
        select
            versions.programme_code,
            versions.indicator_code,
            versions.period,
            units.unit_code as figure_unit_code,
            bases.boundary_basis,
            versions.measure as figure_measure,
            {% for column in line_columns %} versions.{{ column }}, {% endfor %}
            1::numeric as weight,
            false as is_estimated
        from units
        inner join versions on versions.unit_id = units.unit_id
        inner join
            assigned
            on assigned.programme_code = versions.programme_code
            and assigned.indicator_code = versions.indicator_code
            and assigned.agency_code = versions.agency_code
        cross join (values ('as_reported'), ('current')) as bases(boundary_basis)
        where
            (units.valid_to = 'infinity' or bases.boundary_basis = 'as_reported')
            and not exists (
                select 1
                from expected
                where
                    expected.programme_code = versions.programme_code
                    and expected.period = versions.period
                    and expected.agency_code = versions.agency_code
                    and expected.unit_id = units.unit_id
                    and expected.boundary_basis = bases.boundary_basis
            )
    )

select *
from below
union all
select *
from own
