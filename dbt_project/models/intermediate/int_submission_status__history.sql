-- int_submission_status__history.sql: one row per report and half-open time between two
-- decisions, with the status of the report in it, until now
-- Of a period about which something was decided since the last build the rows are computed anew;
-- the others are stored. Decisions are made one at a time and in the order of their numbers.
-- Nothing stored is read where no decision was taken in: of a period whose decisions were all
-- erased no decision speaks any more, and its stored rows would stand.
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
    ),

    changed as materialized({{ listed_periods("decided_since") }})

    {%- set columns = [
        "programme_code",
        "period",
        "unit_id",
        "agency_code",
        "first_received_at",
        "fulfilled_at",
        "accepted_at",
        "accepted_submission_id",
        "is_awaiting_approval",
        "submission_id",
        "known_from",
        "known_to",
    ] %}

select {{ columns | join(", ") }}
from {{ ref("int_submission_status__stored") }}
where
    (select accepted_through from states) > 0
    and (programme_code, period) not in (select programme_code, period from changed)
union all
select {{ columns | join(", ") }}
from {{ ref("int_submission_status__computed") }}
where {{ in_listed_periods("changed") }}
