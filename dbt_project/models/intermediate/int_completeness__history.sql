-- int_completeness__history.sql: one row per report and half-open time in which it contained
-- that number of the required lines
-- The number at any time is the lines that were added until then less those that were withdrawn.
-- Times without any line have no row. An empty cell is no line.
{{
    config(
        materialized="partitioned_table",
        indexes=[
            {"columns": ["programme_code", "period", "partition_province_id"]},
            {
                "columns": ["programme_code", "period", "unit_id", "agency_code", "known_from"],
                "unique": true,
            },
        ],
    )
}}

with
    lines as (
        select *
        from {{ ref("int_values__versioned") }}
        where is_primary and value_status <> 'missing' and {{ in_changed_partitions() }}
    ),

    required as (select * from {{ ref("int_indicators__required") }}),

    -- the lines of a report mostly come and go together
    line_counts as (
        select
            lines.programme_code,
            lines.period,
            lines.unit_id,
            lines.agency_code,
            lines.partition_province_id,
            lines.known_from,
            lines.known_to,
            count(*) as lines
        from lines
        inner join
            required
            on required.programme_code = lines.programme_code
            and required.indicator_code = lines.indicator_code
            and required.agency_code = lines.agency_code
            and required.unit_level = lines.unit_level
            and (required.plan_unit_code is null or required.plan_unit_code = lines.unit_code)
        group by 1, 2, 3, 4, 5, 6, 7
    ),

    changes as (
        select
            line_counts.programme_code,
            line_counts.period,
            line_counts.unit_id,
            line_counts.agency_code,
            line_counts.partition_province_id,
            change_of_count.changed_at,
            sum(change_of_count.change) as change
        from line_counts
        cross join
            lateral(
                values
                    (line_counts.known_from, line_counts.lines),
                    (line_counts.known_to, - line_counts.lines)
            ) as change_of_count(changed_at, change)
        group by 1, 2, 3, 4, 5, 6
        having sum(change_of_count.change) <> 0
    ),

    cumulated as (
        select
            *,
            lead(changed_at) over of_report as next_changed_at,
            sum(change) over of_report as lines_reported
        from changes
        window
            of_report as (
                partition by programme_code, period, unit_id, agency_code order by changed_at
            )
    )

select
    programme_code,
    period,
    unit_id,
    agency_code,
    changed_at as known_from,
    next_changed_at as known_to,
    partition_province_id,
    lines_reported::integer as lines_reported
from cumulated
where lines_reported > 0
