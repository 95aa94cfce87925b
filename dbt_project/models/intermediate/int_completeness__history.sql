-- int_completeness__history.sql: one row per report and the time in which its unit's word held
-- that many
-- of the required lines
-- Each line comes and goes: the number at a moment is what came until then less what went. Times
-- without any line have no row. An empty cell is no answer.
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
    told as (
        select
            lines.programme_code,
            lines.period,
            lines.unit_id,
            lines.agency_code,
            lines.partition_province_id,
            lines.known_from,
            lines.known_to,
            count(*) as lines_told
        from lines
        inner join
            required
            on required.programme_code = lines.programme_code
            and required.indicator_code = lines.indicator_code
            and required.agency_code = lines.agency_code
            and required.unit_level = lines.unit_level
        group by 1, 2, 3, 4, 5, 6, 7
    ),

    steps as (
        select
            told.programme_code,
            told.period,
            told.unit_id,
            told.agency_code,
            told.partition_province_id,
            step.changed_at,
            sum(step.change) as change
        from told
        cross join
            lateral(
                values (told.known_from, told.lines_told), (told.known_to, - told.lines_told)
            ) as step(changed_at, change)
        group by 1, 2, 3, 4, 5, 6
        having sum(step.change) <> 0
    ),

    counted as (
        select
            *,
            lead(changed_at) over of_report as next_changed_at,
            sum(change) over of_report as lines_reported
        from steps
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
from counted
where lines_reported > 0
