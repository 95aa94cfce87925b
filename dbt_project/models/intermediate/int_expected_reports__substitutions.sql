-- int_expected_reports__substitutions.sql: one row per report that is expected in place of another
-- one (change 1), or that others are expected in place of (-1), while predecessors are counted
-- for a
-- successor. As of the time asked for.
-- A unit that has not reported itself is represented where a unit before it has: each that came
-- directly before it is expected in its place, or what represents that one. For the part of one
-- that
-- another successor's report has superseded it is still expected itself (is_partial). What ended
-- with nobody after it is expected where it has reported.
{{ config(materialized="replaced_view") }}

with
    successions as (select * from {{ ref("int_expected_reports__successions") }}),

    involved as (
        select programme_code, period, agency_code, unit_id, true as is_former
        from {{ ref("int_expected_reports__former_units") }}
        where is_in_rollup
        union all
        select distinct programme_code, period, agency_code, successor_id, false
        from successions
        where is_owing
    ),

    -- looked up report by report: there are few successions, and many reports
    with_report as materialized(
        select involved.*, own.is_reported
        from involved
        cross join
            lateral(
                select coalesce(bool_or(status.fulfilled_at is not null), false) as is_reported
                from {{ ref("int_submission_status__history") }} as status
                where
                    status.programme_code = involved.programme_code
                    and status.period = involved.period
                    and status.unit_id = involved.unit_id
                    and status.agency_code = involved.agency_code
                    and {{ is_valid_as_of() }}
            ) as own
    ),

    pairs as (
        select
            successions.*,
            before.is_reported as is_predecessor_reported,
            after.is_reported as is_successor_reported,
            bool_or(after.is_reported) over (
                partition by
                    successions.programme_code,
                    successions.period,
                    successions.agency_code,
                    successions.predecessor_id
            ) as is_superseded
        from successions
        inner join
            with_report as before
            on before.programme_code = successions.programme_code
            and before.period = successions.period
            and before.agency_code = successions.agency_code
            and before.unit_id = successions.predecessor_id
        inner join
            with_report as after
            on after.programme_code = successions.programme_code
            and after.period = successions.period
            and after.agency_code = successions.agency_code
            and after.unit_id = successions.successor_id
    ),

    with_representation as (
        select
            *,
            not is_successor_reported
            and bool_or(is_predecessor_reported and not is_superseded) over (
                partition by programme_code, period, agency_code, successor_id
            ) as is_represented
        from pairs
    ),

    represented as (
        select
            programme_code,
            period,
            agency_code,
            successor_id as unit_id,
            bool_or(is_direct and is_superseded) as is_partial
        from with_representation
        where is_represented
        group by 1, 2, 3, 4
    ),

    succeeded as (
        select
            programme_code,
            period,
            agency_code,
            predecessor_id as unit_id,
            bool_or(is_superseded) as is_superseded,
            bool_or(is_direct and is_represented) as is_before_represented
        from with_representation
        group by 1, 2, 3, 4
    )

select
    programme_code,
    period,
    agency_code,
    unit_id,
    case when with_report.is_former then 1 else -1 end as change
from with_report
left join represented using (programme_code, period, agency_code, unit_id)
left join succeeded using (programme_code, period, agency_code, unit_id)
where
    case
        when not with_report.is_former
        then not represented.is_partial
        when succeeded.unit_id is null
        then coalesce(represented.is_partial, with_report.is_reported)
        else
            succeeded.is_before_represented
            and not succeeded.is_superseded
            and coalesce(represented.is_partial, true)
    end
