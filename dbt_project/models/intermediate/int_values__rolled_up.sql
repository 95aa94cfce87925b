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
            {"columns": ["unit_id", "period", "programme_code"]},
        ],
    )
}}

with
    parts as (
        select *
        from {{ ref("int_values__versioned") }}
        where
            known_to = 'infinity'
            and is_owed
            and feeds_rollup
            and rolls_into is not null
            and {{ in_scope() }}
    ),

    places as (select * from {{ ref("int_org_units__placed") }}),

    bases as (select * from (values ('as_reported'), ('current')) as names(boundary_basis)),

    summed as (
        select
            parts.programme_code,
            parts.indicator_code,
            parts.rolls_into as measure,
            parts.period,
            min(parts.family_id) as family_id,
            places.place_id as unit_id,
            places.boundary_basis,
            sum(parts.n_low) as n_low,
            sum(parts.n_high) as n_high,
            sum(parts.d_low) as d_low,
            sum(parts.d_high) as d_high,
            count(parts.n_low) as units_reporting,
            count(*) filter (where parts.is_bare and not parts.has_parts) as units_without_parts,
            count(*) filter (where parts.value_status = 'not_applicable') as units_not_applicable,
            bool_or(parts.is_made_up) as is_made_up
        from parts
        inner join places on places.unit_id = parts.unit_id
        where parts.rolls_into <> 'share' or places.boundary_basis <> 'current'
        group by 1, 2, 3, 4, places.place_id, places.boundary_basis
    )

-- a place's own row on a basis adds what lies the same on both maps to what lies so on this one
select
    summed.programme_code,
    summed.indicator_code,
    summed.measure,
    summed.period,
    summed.family_id,
    summed.unit_id,
    bases.boundary_basis,
    sum(summed.n_low) as n_low,
    sum(summed.n_high) as n_high,
    sum(summed.d_low) as d_low,
    sum(summed.d_high) as d_high,
    sum(summed.units_reporting)::integer as units_reporting,
    sum(summed.units_without_parts)::integer as units_without_parts,
    sum(summed.units_not_applicable)::integer as units_not_applicable,
    bool_or(summed.is_made_up) as is_made_up
from summed
inner join bases on summed.boundary_basis in (bases.boundary_basis, 'both')
group by 1, 2, 3, 4, 5, 6, 7
