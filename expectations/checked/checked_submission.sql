-- checked_submission.sql: one row per report that waits for its verdict, and what the catalogue
-- and the schedule say about its programme, period, unit and agency
-- The unit is resolved_unit's; a code that may not report is looked up on the day on which the
-- reports of that period are owed.
-- `has_full_report`: a full report was accepted and not withdrawn since, or waits beside this one.
-- `has_unknown_order`: another file about the same report arrived at the same instant, and neither
-- is the correction that can only follow the other.
-- `closed_at`: its period was closed before the verdict.
with
    received as (
        select
            submission.*,
            resolved_unit.unit_id as resolved_unit_id,
            coalesce(resolved_unit.is_ambiguous, false) as is_ambiguous,
            coalesce(resolved_unit.is_misidentified, false) as is_misidentified,
            resolved_unit.candidates,
            exists (
                select 1
                from ops.submission_issue
                where
                    submission_issue.submission_id = submission.submission_id
                    and submission_issue.severity = 'critical'
            ) as is_unreadable,
            coalesce(
                (
                    select accepted.submission_type = 'full'
                    from raw.submission as accepted
                    inner join
                        ops.accepted_verdict as verdict
                        on verdict.submission_id = accepted.submission_id
                    where
                        accepted.programme_code = submission.programme_code
                        and accepted.period = submission.period
                        and verdict.unit_id = resolved_unit.unit_id
                        and accepted.agency_code = submission.agency_code
                        and accepted.submission_type <> 'correction'
                    order by verdict.accepted_seq desc
                    limit 1
                ),
                false
            ) as follows_full_report
        from raw.submission
        inner join pg_temp.waiting on waiting.submission_id = submission.submission_id
        left join
            pg_temp.resolved_unit
            on resolved_unit.submission_id = submission.submission_id
    ),

    waiting as (
        select
            *,
            bool_or(submission_type = 'full' and not is_unreadable) over (
                partition by programme_code, period, resolved_unit_id, agency_code
            ) as is_beside_full_report,
            string_agg(file_name, '; ') filter (where not is_unreadable) over tie as tied_files,
            not is_unreadable
            and resolved_unit_id is not null
            and min(sha256) filter (where not is_unreadable) over tie
            <> max(sha256) filter (where not is_unreadable) over tie
            and (
                follows_full_report
                or array_agg(submission_type) filter (where not is_unreadable) over tie
                not in (array['full', 'correction'], array['correction', 'full'])
            ) as has_unknown_order
        from received
        window
            tie as (
                -- a report of no known unit ties with none: the names of all of them beside each of
                -- them once took 79 GB
                partition by
                    programme_code,
                    period,
                    resolved_unit_id,
                    agency_code,
                    received_at,
                    case when resolved_unit_id is null then submission_id end
                order by file_name
                rows between unbounded preceding and unbounded following
            )
    ),

    days as (
        select
            programme_code,
            period,
            coalesce(max(resolve_on) filter (where is_owed), max(resolve_on)) as resolve_on
        from app.expected_report
        group by 1, 2
    ),

    assigned as (
        select
            programme_code,
            period,
            unit_code,
            min(resolve_on) as resolve_on,
            string_agg(
                coalesce(agencies.name_vi || ' (' || agency_code || ')', agency_code),
                ', '
                order by agency_code
            ) as agencies
        from app.expected_report
        left join catalogue.agencies using (programme_code, agency_code)
        group by 1, 2, 3
    ),

    successors as (
        select
            old_code as unit_code,
            string_agg(distinct new_code || ' ' || new_name, ', ') as successors
        from geography.org_unit_lineage
        group by 1
    )

select
    waiting.submission_id,
    null::bigint as line_id,
    waiting.programme_code as programme,
    waiting.period,
    waiting.unit_code as unit,
    waiting.agency_code as agency,
    waiting.submission_type,
    waiting.form,
    waiting.sheet,
    waiting.part_columns,
    waiting.received_at,
    waiting.sha256,
    waiting.is_ambiguous,
    waiting.is_misidentified,
    waiting.unit_id as identified_unit,
    waiting.candidates,
    waiting.has_unknown_order,
    waiting.tied_files,
    programmes.programme_code is not null as programme_is_known,
    periods.period is not null as period_is_known,
    named.unit_id is not null as unit_is_known,
    coalesce(
        resolved.day >= named.valid_from and resolved.day < named.valid_to, false
    ) as unit_is_alive,
    admissible.unit_id,
    admissible.unit_id is not null as is_scheduled,
    named.unit_name,
    coalesce(
        admissible.unit_level,
        case
            when resolved.day >= named.valid_from and resolved.day < named.valid_to
            then named.unit_level
        end
    ) as unit_level,
    resolved.day as resolve_on,
    coalesce(successors.successors, '–') as successors,
    admissible.form as scheduled_form,
    case waiting.form when 'document' then 'văn bản' else 'bảng số liệu' end as form_vi,
    case admissible.form when 'document' then 'văn bản' else 'bảng số liệu' end as scheduled_form_vi,
    coalesce(admissible.feeds_rollup, false) as feeds_rollup,
    assigned.agencies,
    waiting.is_beside_full_report or waiting.follows_full_report as has_full_report,
    closing.closed_at,
    waiting.is_unreadable,
    null::text as cell,
    null::integer as line,
    null::text as raw
from waiting
left join catalogue.programmes on programmes.programme_code = waiting.programme_code
left join
    catalogue.periods
    on periods.programme_code = waiting.programme_code
    and periods.period = waiting.period
left join
    ops.period_closing as closing
    on closing.programme_code = waiting.programme_code
    and closing.period = waiting.period
    and closing.closed_at < greatest(%(now)s, (select max(decided_at) from ops.decision))
left join successors on successors.unit_code = waiting.unit_code
left join days on days.programme_code = waiting.programme_code and days.period = waiting.period
left join
    assigned
    on assigned.programme_code = waiting.programme_code
    and assigned.period = waiting.period
    and assigned.unit_code = waiting.unit_code
left join
    app.admissible_report as admissible
    on admissible.programme_code = waiting.programme_code
    and admissible.period = waiting.period
    and admissible.unit_id = waiting.resolved_unit_id
    and admissible.agency_code = waiting.agency_code
cross join
    lateral(
        select coalesce(admissible.resolve_on, assigned.resolve_on, days.resolve_on)
    ) as resolved(day)
left join
    app.org_unit_code as named
    on named.unit_code = waiting.unit_code
    and coalesce(resolved.day, '9999-12-31') >= named.resolve_from
    and coalesce(resolved.day, '9999-12-31') < named.resolve_to
