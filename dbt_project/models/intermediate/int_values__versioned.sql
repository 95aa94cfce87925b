-- int_values__versioned.sql: one row per indicator line and measure, and the time in which it was
-- its unit's valid report
-- A full report ends every earlier line, a correction ends those that it carries, a retraction
-- ends all.
-- Numerator and denominator are the ends of what a rollup may add up: cases and, for a rate, those
-- among whom they occurred; both are empty where there is nothing to add. The parts count: a value
-- without parts stands beside them only. A yes or no is one of one; a unit that reports the share
-- of its units names how many of how many.
-- is_in_rollup: of a report that is added up, the lines of the agency whose figure counts.
-- is_former: of a unit that ended or moved away within the period.
{{
    config(
        materialized="partitioned_table",
        meta={"partitions_from": "int_submissions__validated"},
        post_hook="{{ create_partial_index_on_upper_levels() }}",
        indexes=[
            {"columns": ["programme_code", "period", "partition_province_id"]},
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
            lines.line_id,
            lead(succeeded.decided_at) over (
                partition by
                    succeeded.programme_code,
                    succeeded.period,
                    succeeded.unit_id,
                    succeeded.agency_code,
                    lines.indicator_code
                order by succeeded.accepted_seq
            ) as corrected_at
        from succeeded
        inner join lines on lines.report_id = succeeded.submission_id
        where succeeded.has_corrections
    ),

    versions as (
        select
            succeeded.*,
            lines.*,
            coalesce(least(succeeded.replaced_at, corrected.corrected_at), 'infinity') as known_to
        from succeeded
        inner join lines on lines.report_id = succeeded.submission_id
        left join corrected on corrected.line_id = lines.line_id
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
            assigned.agency_code is not null as is_figure,
            case
                when measures.measure = 'yes_no'
                then versions.value_low
                when measures.aggregation = 'none'
                then null
                when measures.measure = 'count' and measures.is_primary
                then coalesce(versions.numerator_low, versions.value_count_low)
                else versions.numerator_low
            end as cases_low,
            case
                when measures.measure = 'yes_no'
                then versions.value_high
                when measures.aggregation = 'none'
                then null
                when measures.measure = 'count' and measures.is_primary
                then coalesce(versions.numerator_high, versions.value_count_high)
                when measures.is_part_of_whole
                then least(versions.numerator_high, versions.denominator_high)
                else versions.numerator_high
            end as cases_high
        from versions
        inner join
            measures
            on measures.programme_code = versions.programme_code
            and measures.indicator_code = versions.indicator_code
            and measures.unit_level = versions.unit_level
        left join
            assigned
            on assigned.programme_code = versions.programme_code
            and assigned.indicator_code = versions.indicator_code
            and assigned.agency_code = versions.agency_code
    ),

    summable as (
        select
            *,
            value_status <> 'not_applicable'
            and cases_low is not null
            and (denominator_low is not null or not is_divided) as is_summable
        from measured
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
    case
        when is_summable and is_divided
        then denominator_low
        when is_summable and measure = 'yes_no'
        then 1
    end as denominator_low,
    case
        when is_summable and is_divided
        then denominator_high
        when is_summable and measure = 'yes_no'
        then 1
    end as denominator_high,
    value_low,
    value_high,
    value_low_closed,
    value_high_closed,
    value_status,
    is_primary,
    is_value_only,
    is_summable,
    is_figure and is_in_rollup and rollup_measure is not null as is_in_rollup,
    is_former,
    is_made_up,
    submission_id,
    line_id
from summable
-- two reports validated at one time: the first was never in force
where decided_at < known_to
