-- int_rollups__own.sql: one row per indicator, measure, period, unit and basis where no report is
-- owed below the unit, with the figure that its own report gives
{{ config(materialized="replaced_view") }}

with
    current_values as (
        select * from {{ ref("int_values__computed") }} where {{ is_valid_as_of() }}
    ),

    bases as (select * from (values ('as_reported'), ('current')) as names(boundary_basis)),

    units as (select * from {{ ref("int_org_units__resolved") }}),

    expected as (select * from {{ ref("int_expected_reports__counted") }} where is_owed),

    figures as (
        select
            current_values.programme_code,
            current_values.indicator_code,
            current_values.period,
            current_values.unit_id,
            current_values.unit_code,
            bases.boundary_basis,
            current_values.measure,
            current_values.unit_level,
            current_values.aggregation,
            current_values.min_coverage_pct,
            {% for part in (
                "numerator_low",
                "numerator_high",
                "denominator_low",
                "denominator_high",
            ) -%}
                case
                    when not current_values.is_value_only then current_values.{{ part }}
                end as {{ part }},
            {% endfor -%}
            current_values.low,
            current_values.high,
            current_values.low_closed,
            current_values.high_closed,
            case
                when current_values.value_status = 'not_applicable' then 0 else 1
            end as units_expected,
            case
                when current_values.is_value_only or current_values.is_summable then 1 else 0
            end as units_reporting,
            case
                when current_values.is_value_only and not current_values.is_summable then 1 else 0
            end as units_value_only,
            false as is_estimated,
            false as has_predecessors,
            current_values.is_made_up
        from current_values
        inner join units on units.unit_id = current_values.unit_id
        inner join bases on bases.boundary_basis = 'as_reported' or units.valid_to = 'infinity'
        -- not in: the few units above reporters are a hash to every line; a join is planned as if
        -- lines were few
        where
            current_values.is_figure
            and (current_values.is_primary or current_values.is_summable)
            and (
                current_values.programme_code,
                current_values.period,
                current_values.unit_id,
                current_values.agency_code
            )
            not in (select programme_code, period, unit_id, agency_code from expected)
    )

    {{ computed_figure("figures", is_rolled_up=false) }}
