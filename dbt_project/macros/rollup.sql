{% macro rollup_columns() -%}
    {{
        return(
            [
                "programme_code",
                "indicator_code",
                "measure",
                "period",
                "partition_province_id",
                "unit_id",
                "boundary_basis",
                "numerator_low",
                "numerator_high",
                "denominator_low",
                "denominator_high",
                "units_reporting",
                "units_value_only",
                "units_not_applicable",
                "is_estimated",
                "has_predecessors",
                "is_made_up",
            ]
        )
    }}
{%- endmacro %}

{% macro rollup(line_filter) -%}
    {#- Adds up the lines of reports for each unit above, on both boundary bases. line_filter: which lines count. The
        figures of today and those as of an earlier time are made here and nowhere else. Yes/no answers are not
        restated: they stay with the units that gave them. A report of a unit that ended within the period counts
        until its successor's own does. -#}
    with
        superseded as materialized(
            select programme_code, period, agency_code, unit_id
            from {{ ref("int_predecessor_reports__superseded") }}
            where {{ line_filter }}
        ),

        -- read more than once: the planner has to see through to the index
        parts as not materialized(
            select *
            from {{ ref("int_values__versioned") }}
            where
                is_in_rollup
                and {{ line_filter }}
                and (
                    not is_former
                    or (programme_code, period, agency_code, unit_id)
                    not in (select programme_code, period, agency_code, unit_id from superseded)
                )
        ),

        current_ancestors as (
            select
                *, null as boundary_basis, 1 as weight, false as is_estimated, false as is_restated
            from {{ ref("int_org_units__current_ancestors") }}
        ),

        successor_weights as (select * from {{ ref("int_org_units__successor_weights") }}),

        of_period as (select * from {{ ref("int_expected_reports__rollup_units") }}),

        -- a unit of today has the same ancestors on both bases: its sums are made once and used
        -- twice
        summed as (
            {% for units in ("current_ancestors", "successor_weights", "of_period") -%}
                {%- set share = " * weight" if units == "successor_weights" else "" -%}
                select
                    parts.programme_code,
                    parts.indicator_code,
                    parts.rollup_measure as measure,
                    parts.period,
                    min(parts.partition_province_id) as partition_province_id,
                    {{ units }}.rollup_unit_id as unit_id,
                    {{ units }}.boundary_basis,
                    sum(parts.numerator_low{{ share }}) as numerator_low,
                    sum(parts.numerator_high{{ share }}) as numerator_high,
                    sum(parts.denominator_low{{ share }}) as denominator_low,
                    sum(parts.denominator_high{{ share }}) as denominator_high,
                    count(parts.numerator_low) as units_reporting,
                    count(*) filter (
                        where parts.is_value_only and not parts.is_summable
                    ) as units_value_only,
                    count(*) filter (
                        where parts.value_status = 'not_applicable'
                    ) as units_not_applicable,
                    bool_or({{ units }}.is_estimated and parts.is_summable) as is_estimated,
                    bool_or(parts.is_former) as has_predecessors,
                    bool_or(parts.is_made_up) as is_made_up
                from parts
                inner join
                    {{ units }} on {{ units }}.unit_id = parts.unit_id
                    {%- if units == "of_period" %}
                        and {{ units }}.programme_code = parts.programme_code
                        and {{ units }}.period = parts.period
                        and {{ units }}.agency_code = parts.agency_code
                    {%- endif %}
                where parts.rollup_measure <> 'share' or not {{ units }}.is_restated
                group by 1, 2, 3, 4, 6, 7 {{ "union all" if not loop.last }}
            {% endfor %}
        ),

        bases as (select * from (values ('as_reported'), ('current')) as names(basis))

    -- a unit of today may hold both units that exist and units that ended
    select
        summed.programme_code,
        summed.indicator_code,
        summed.measure,
        summed.period,
        min(summed.partition_province_id) as partition_province_id,
        summed.unit_id,
        bases.basis as boundary_basis,
        sum(summed.numerator_low) as numerator_low,
        sum(summed.numerator_high) as numerator_high,
        sum(summed.denominator_low) as denominator_low,
        sum(summed.denominator_high) as denominator_high,
        sum(summed.units_reporting)::integer as units_reporting,
        sum(summed.units_value_only)::integer as units_value_only,
        sum(summed.units_not_applicable)::integer as units_not_applicable,
        bool_or(summed.is_estimated) as is_estimated,
        bool_or(summed.has_predecessors) as has_predecessors,
        bool_or(summed.is_made_up) as is_made_up
    from summed
    inner join bases on bases.basis = coalesce(summed.boundary_basis, bases.basis)
    group by 1, 2, 3, 4, 6, 7
{%- endmacro %}
