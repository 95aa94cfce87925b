-- int_values__rolled_up.sql: one row per indicator, measure, period, place and basis: sums, not
-- yet divided
-- Yes/no answers are not restated: they stay with the units that gave them.
{{
    config(
        materialized="incremental",
        incremental_strategy="scope",
        on_schema_change="fail",
        indexes=[
            {"columns": ["programme_code", "period", "family_id"]},
            {
                "columns": [
                    "unit_id",
                    "period",
                    "programme_code",
                    "indicator_code",
                    "measure",
                    "boundary_basis",
                ],
                "unique": true,
            },
        ],
    )
}}

with
    -- read twice: the planner has to see through to the index
    parts as not materialized(
        select *
        from {{ ref("int_values__versioned") }}
        where
            known_to = 'infinity'
            and is_owed
            and feeds_rollup
            and rolls_into is not null
            and {{ in_scope() }}
    ),

    standing as (select *, null as boundary_basis from {{ ref("int_org_units__standing") }}),

    restated as (select * from {{ ref("int_org_units__restated") }}),

    -- a unit of today lies in the same place on both maps: its sums are made once and told twice
    summed as (
        {% for places in ("standing", "restated") -%}
            select
                parts.programme_code,
                parts.indicator_code,
                parts.rolls_into as measure,
                parts.period,
                min(parts.family_id) as family_id,
                {{ places }}.place_id as unit_id,
                {{ places }}.boundary_basis,
                sum(parts.n_low) as n_low,
                sum(parts.n_high) as n_high,
                sum(parts.d_low) as d_low,
                sum(parts.d_high) as d_high,
                count(parts.n_low) as units_reporting,
                count(*) filter (
                    where parts.is_bare and not parts.has_parts
                ) as units_without_parts,
                count(*) filter (
                    where parts.value_status = 'not_applicable'
                ) as units_not_applicable,
                bool_or(parts.is_made_up) as is_made_up
            from parts
            inner join {{ places }} on {{ places }}.unit_id = parts.unit_id
            where
                parts.rolls_into <> 'share'
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
    summed.family_id,
    summed.unit_id,
    bases.basis as boundary_basis,
    sum(summed.n_low) as n_low,
    sum(summed.n_high) as n_high,
    sum(summed.d_low) as d_low,
    sum(summed.d_high) as d_high,
    sum(summed.units_reporting)::integer as units_reporting,
    sum(summed.units_without_parts)::integer as units_without_parts,
    sum(summed.units_not_applicable)::integer as units_not_applicable,
    bool_or(summed.is_made_up) as is_made_up
from summed
inner join bases on bases.basis = coalesce(summed.boundary_basis, bases.basis)
group by 1, 2, 3, 4, 5, 6, 7
