-- int_values__versioned.sql: one row per indicator line and the time in which it was the unit's
-- word
-- A full report ends every earlier line, a correction ends those that it carries, a retraction
-- ends all.
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
    reports as (
        select *
        from {{ ref("int_reports__judged") }}
        where is_accepted and form = 'figures' and {{ in_scope() }}
    ),

    lines as (select * from {{ ref("stg_lines") }}),

    succeeded as (
        select
            *,
            min(decided_at) filter (where submission_type in ('full', 'retraction')) over (
                partition by programme_code, period, unit_id, agency_code
                order by accepted_seq
                rows between 1 following and unbounded following
            ) as replaced_at
        from reports
    ),

    told as (
        select
            succeeded.programme_code,
            lines.indicator_code,
            succeeded.period,
            succeeded.unit_id,
            succeeded.agency_code,
            succeeded.decided_at as known_from,
            coalesce(
                least(
                    succeeded.replaced_at,
                    lead(succeeded.decided_at) over (
                        partition by
                            succeeded.programme_code,
                            succeeded.period,
                            succeeded.unit_id,
                            succeeded.agency_code,
                            lines.indicator_code
                        order by succeeded.accepted_seq
                    )
                ),
                'infinity'
            ) as known_to,
            succeeded.unit_code,
            succeeded.unit_level,
            succeeded.family_id,
            lines.numerator_low,
            lines.numerator_high,
            lines.denominator_low,
            lines.denominator_high,
            lines.value_low,
            lines.value_high,
            lines.value_low_closed,
            lines.value_high_closed,
            lines.has_value,
            case
                when lines.numerator_kind = 'missing'
                then lines.value_kind
                when lines.denominator_kind in ('censored', 'range')
                then lines.denominator_kind
                else lines.numerator_kind
            end as value_status,
            succeeded.is_owed,
            succeeded.feeds_rollup,
            succeeded.is_made_up,
            succeeded.submission_id,
            lines.line_id
        from succeeded
        inner join lines on lines.submission_id = succeeded.submission_id
    )

-- two reports judged in one moment: the first was never anybody's word
select *
from told
where known_from < known_to
