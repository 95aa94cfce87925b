-- int_target_parts__bounded.sql: one row per target of a province or district, period and unit
-- below it with a target of its own of the same year, with the cases that the unit promises
-- A count promises cases. A percentage promises cases only among those whom the unit reported in
-- the period; a yes is one unit of one. What neither is can be added to nothing (is_added).
{{ config(materialized="replaced_view") }}

with
    upper_targets as (
        select *
        from {{ ref("int_target_pairs__compared") }}
        where unit_level in ('province', 'district') and target_scope = unit_level and is_comparable
    ),

    targets as (
        select *, {{ effective_comparator("targets") }} as effective_comparator
        from {{ ref("int_targets__applied") }} as targets
        where unit_id is not null and target_scope = unit_level
    ),

    ancestors as (select * from {{ ref("int_org_units__ancestors") }}),

    indicators as (select * from {{ ref("indicators") }}),

    plans as (
        select programme_code, unit_code, bool_or(is_made_up) as is_made_up
        from {{ ref("unit_plans") }}
        group by 1, 2
    ),

    figures as (
        select *
        from {{ ref("int_rollups__computed") }}
        where boundary_basis = 'as_reported' and measure = 'rate'
    ),

    parts as (
        select
            upper_targets.programme_code,
            upper_targets.indicator_code,
            upper_targets.period,
            upper_targets.unit_id,
            upper_targets.measure,
            upper_targets.target_year,
            targets.unit_id as part_id,
            targets.unit_level as part_level,
            targets.measure as part_measure,
            targets.effective_comparator,
            targets.target_low,
            targets.target_high,
            indicators.factor,
            indicators.is_part_of_whole,
            figures.denominator as reported_denominator,
            coalesce(plans.is_made_up, false) as is_made_up,
            case
                when indicators.aggregation in ('ratio', 'sum') and upper_targets.measure = 'count'
                then targets.measure = 'count'
                when indicators.aggregation = 'ratio' and upper_targets.measure = 'rate'
                then targets.measure in ('rate', 'count')
                when indicators.aggregation = 'share_of_units'
                then targets.measure = 'yes_no'
                else false
            end as is_addable,
            upper_targets.measure = 'rate' as is_divided
        from upper_targets
        inner join
            ancestors
            on ancestors.ancestor_id = upper_targets.unit_id
            and ancestors.unit_id <> upper_targets.unit_id
        inner join
            targets
            on targets.unit_id = ancestors.unit_id
            and targets.programme_code = upper_targets.programme_code
            and targets.indicator_code = upper_targets.indicator_code
            and targets.target_year = upper_targets.target_year
        inner join
            indicators
            on indicators.programme_code = upper_targets.programme_code
            and indicators.indicator_code = upper_targets.indicator_code
        left join
            plans
            on plans.programme_code = targets.programme_code
            and plans.unit_code = targets.bound_unit_code
        left join
            figures
            on figures.programme_code = upper_targets.programme_code
            and figures.indicator_code = upper_targets.indicator_code
            and figures.period = upper_targets.period
            and figures.unit_id = targets.unit_id
    ),

    scaled as (
        select
            *,
            case
                when part_measure = 'rate' then reported_denominator / factor else 1
            end as cases_per_unit_of_target,
            is_addable and (not is_divided or reported_denominator is not null) as is_added,
            case
                when part_measure = 'yes_no' then 1 when is_divided then reported_denominator
            end as denominator
        from parts
    )

-- whole numbers have closed ends: below 13 children are at most 12
select
    programme_code,
    indicator_code,
    period,
    unit_id,
    measure,
    target_year,
    part_id,
    part_level,
    is_addable,
    is_added,
    is_made_up,
    denominator,
    case
        when effective_comparator in ('<', '≤')
        then 0
        when effective_comparator = '>' and part_measure = 'count'
        then floor(target_low) + 1
        else target_low * cases_per_unit_of_target
    end as cases_low,
    case
        when effective_comparator in ('>', '≥')
        then case when is_part_of_whole and is_divided then reported_denominator end
        when effective_comparator = '<' and part_measure = 'count'
        then ceil(target_high) - 1
        else target_high * cases_per_unit_of_target
    end as cases_high,
    effective_comparator <> '>' or part_measure = 'count' or denominator = 0 as low_closed,
    effective_comparator <> '<' or part_measure = 'count' or denominator = 0 as high_closed
from scaled
