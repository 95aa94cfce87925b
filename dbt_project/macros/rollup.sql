{% macro rollup(told) -%}
    {#- Adds up the lines of reports that are owed below each place, on both maps. told: which lines count. The figures
        of today and those of an earlier moment are made here and nowhere else. Yes/no answers are not restated: they
        stay with the units that gave them. -#}
    with
        -- read twice: the planner has to see through to the index
        parts as not materialized(
            select *
            from {{ ref("int_values__versioned") }}
            where is_owed and feeds_rollup and rollup_measure is not null and {{ told }}
        ),

        standing as (
            select *, null as boundary_basis, 1 as weight, false as is_estimated
            from {{ ref("int_org_units__current_ancestors") }}
        ),

        restated as (select * from {{ ref("int_org_units__successor_weights") }}),

        -- a unit of today lies in the same place on both maps: its sums are made once and told
        -- twice
        summed as (
            {% for places in ("standing", "restated") -%}
                {%- set share = " * weight" if places == "restated" else "" -%}
                select
                    parts.programme_code,
                    parts.indicator_code,
                    parts.rollup_measure as measure,
                    parts.period,
                    min(parts.current_province_id) as current_province_id,
                    {{ places }}.rollup_unit_id as unit_id,
                    {{ places }}.boundary_basis,
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
                    bool_or({{ places }}.is_estimated and parts.is_summable) as is_estimated,
                    bool_or(parts.is_made_up) as is_made_up
                from parts
                inner join {{ places }} on {{ places }}.unit_id = parts.unit_id
                where
                    parts.rollup_measure <> 'share'
                    or {{ places }}.boundary_basis is distinct from 'current'
                group by 1, 2, 3, 4, 6, 7 {{ "union all" if not loop.last }}
            {% endfor %}
        ),

        bases as (select * from (values ('as_reported'), ('current')) as names(basis))

    -- a place of today may hold both units that stand and units that ended
    select
        summed.programme_code,
        summed.indicator_code,
        summed.measure,
        summed.period,
        min(summed.current_province_id) as current_province_id,
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
        bool_or(summed.is_made_up) as is_made_up
    from summed
    inner join bases on bases.basis = coalesce(summed.boundary_basis, bases.basis)
    group by 1, 2, 3, 4, 6, 7
{%- endmacro %}
