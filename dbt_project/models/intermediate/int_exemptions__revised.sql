-- int_exemptions__revised.sql: one row per report that an act ever excused and span of time in
-- which the same act decides. act is empty where the report is owed: before the first act, and
-- after one that revoked the exemption
-- Without a day of decision an act counts from the beginning.
with
    exemptions as (
        select
            programme_code,
            period,
            unit_code,
            agency_code,
            coalesce(revision, 1) as revision,
            case when not coalesce(is_revoked, false) then act end as act,
            {{ start_of_day("decided_on") }} as decided_from
        from {{ ref("exemptions") }}
    ),

    with_first as (
        select *
        from exemptions
        union all
        select distinct
            programme_code, period, unit_code, agency_code, 0, null, '-infinity'::timestamptz
        from exemptions
    ),

    with_validity as (
        select
            *,
            coalesce(
                min(decided_from) over (revisions rows between 1 following and unbounded following),
                'infinity'
            ) as decided_to
        from with_first
        window
            revisions as (
                partition by programme_code, period, unit_code, agency_code order by revision
            )
    )

select programme_code, period, unit_code, agency_code, revision, act, decided_from, decided_to
from with_validity
where decided_from < decided_to
