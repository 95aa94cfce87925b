-- int_values__versioned.sql: one row per indicator line and measure, and the time in which it was
-- its unit's valid report
-- A full report ends every earlier line, a correction ends those that it carries, a retraction
-- ends all.
-- Numerator and denominator are the ends of what a rollup may add up: cases and, for a rate, those
-- among whom they occurred; both are empty where there is nothing to add. The parts count: a value
-- without parts stands beside them only. A yes or no is one of one; a unit that reports the share
-- of its units names how many of how many.
-- is_figure: a line of the agency whose figure counts. is_in_rollup: one of a report that is
-- added up.
-- is_former: of a unit that ended or moved away within the period.
{{
    config(
        materialized="partitioned_table",
        meta={"partitions_from": "int_submissions__validated"},
        post_hook="{{ create_partial_index_on_upper_levels(['programme_code', 'unit_code']) }}",
        indexes=[
            {"columns": ["programme_code", "period", "partition_province_id"]},
            {"columns": ["unit_code", "period", "programme_code"]},
            {
                "columns": [
                    "unit_id",
                    "period",
                    "programme_code",
                    "indicator_code",
                    "measure",
                    "agency_code",
                    "known_from",
                ],
                "unique": true,
            },
        ],
    )
}}

with
    reports as (
        select *
        from {{ ref("int_submissions__validated") }}
        where is_accepted and form = 'figures' and {{ in_changed_partitions() }}
    ),

    -- read twice: the planner has to see through to the index
    lines as not materialized(select * from {{ ref("stg_lines") }}),

    measures as (select * from {{ ref("int_indicator_measures__by_level") }}),

    assigned as (select * from {{ ref("int_indicators__assigned") }} where is_figure),

    succeeded as (
        select
            *,
            min(decided_at) filter (where submission_type in ('full', 'retraction')) over (
                partition by programme_code, period, unit_id, agency_code
                order by accepted_seq
                rows between 1 following and unbounded following
            ) as replaced_at,
            bool_or(submission_type = 'correction') over (
                partition by programme_code, period, unit_id, agency_code
            ) as has_corrections
        from reports
    ),

    -- few reports are corrected, and only their lines need to be put in order
    corrected as (
        select
            line_id,
            lead(decided_at) over (
                partition by programme_code, period, unit_id, agency_code, indicator_code
                order by accepted_seq
            ) as corrected_at
        from succeeded
        inner join lines using (submission_id)
        where has_corrections
    ),

    -- offset 0: each report meets its own lines before any meets the measures, else the planner
    -- multiplies reports by measures first
    versions as (
        select *, coalesce(least(replaced_at, corrected_at), 'infinity') as known_to
        from succeeded
        inner join lines using (submission_id)
        left join corrected using (line_id)
        offset 0
    ),

    measured as (
        select
            versions.*,
            measures.measure,
            measures.rollup_measure,
            measures.is_primary,
            measures.is_primary
            and versions.has_value
            and (versions.numerator_low is null or measures.aggregation = 'none')
            and versions.value_status <> 'not_applicable' as is_value_only,
            measures.measure in ('rate', 'change', 'share') as is_divided,
            measures.aggregation,
            measures.is_part_of_whole,
            assigned.is_figure is not null as is_figure
        from versions
        inner join measures using (programme_code, indicator_code, unit_level)
        left join assigned using (programme_code, indicator_code, agency_code)
    ),

    with_cases as (
        select *, {{ summable_cases("low") }}, {{ summable_cases("high") }} from measured
    ),

    summable as (
        select
            *,
            value_status <> 'not_applicable'
            and cases_low is not null
            and (denominator_low is not null or not is_divided) as is_summable
        from with_cases
    )

select
    programme_code,
    indicator_code,
    period,
    unit_id,
    agency_code,
    measure,
    decided_at as known_from,
    known_to,
    unit_code,
    unit_level,
    partition_province_id,
    rollup_measure,
    case when is_summable then cases_low end as numerator_low,
    case when is_summable then cases_high end as numerator_high,
    {{ summable_denominator("low") }},
    {{ summable_denominator("high") }},
    value_low,
    value_high,
    value_low_closed,
    value_high_closed,
    value_status,
    is_primary,
    is_value_only,
    is_summable,
    is_figure,
    is_figure and is_in_rollup and rollup_measure is not null as is_in_rollup,
    is_former,
    is_made_up,
    submission_id,
    line_id
from summable
-- two reports validated at one time: the first was never in force
where decided_at < known_to
