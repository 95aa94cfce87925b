-- int_submission_status__changed_periods.sql: one row per programme and period about which
-- something was decided since the statuses were stored
-- Decisions are made one at a time and in the order of their numbers.
{{ config(materialized="replaced_view") }}

with
    states as (
        select coalesce(max(accepted_through), 0) as accepted_through
        from {{ ref("stg_partition_states") }}
        where consumer = '{{ relation_name(ref("int_submission_status__stored")) }}'
    ),

    submissions as (select * from {{ ref("stg_submissions") }}),

    decisions as (
        select submission_id, accepted_seq
        from {{ ref("stg_verdicts") }}
        union all
        select submission_id, accepted_seq
        from {{ ref("stg_report_approvals") }}
    ),

    -- looked up decision by decision: there are few, which the planner cannot know
    decided_since as (
        select distinct reported.programme_code, reported.period
        from decisions
        cross join
            lateral(
                select submissions.programme_code, submissions.period
                from submissions
                where submissions.submission_id = decisions.submission_id
                offset 0
            ) as reported
        where decisions.accepted_seq > (select accepted_through from states)
    )

    {{ listed_periods("decided_since") }}
