-- int_values__rolled_up_as_of.sql: one row per indicator, measure, period, unit above and basis,
-- with the sums as of the time that the session asks for
-- Of a period in which nothing has been decided since, the sums are those of today, which are
-- stored: only the others are added up again. Of a session that asks for no time all are, which is
-- what the stored ones are compared with.
{{ config(materialized="replaced_view") }}

with
    submissions as (select * from {{ ref("stg_submissions") }}),

    decisions as (
        select submission_id, decided_at
        from {{ ref("stg_verdicts") }}
        union all
        select submission_id, decided_at
        from {{ ref("stg_report_approvals") }}
    ),

    decided_since as (
        select distinct submissions.programme_code, submissions.period
        from decisions
        inner join submissions on submissions.submission_id = decisions.submission_id
        where decisions.decided_at > coalesce({{ requested_as_of() }}, '-infinity')
    ),

    changed as materialized({{ listed_periods("decided_since") }})

select {{ rollup_columns() | join(", ") }}
from {{ ref("int_values__rolled_up") }}
where (programme_code, period) not in (select programme_code, period from changed)
union all
select {{ rollup_columns() | join(", ") }}
from ({{ rollup(is_valid_as_of() ~ " and " ~ in_listed_periods("changed")) }}) as added_up
