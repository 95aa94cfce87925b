-- resolved_unit.sql: one row per report that waits, with the unit that it is about
-- Of the units that may send this report and have borne its code, it is the one that the file names
-- by its id; else the only one, or the one that the file names by its name. Where the code passed
-- from one to another within the period and the file names neither, nobody can tell: the report goes
-- back with that question, but for a document, which holds no figures to be counted anywhere and
-- cannot name its unit. It goes back too if its id is that of a unit which is none of them
-- (is_misidentified). Meanwhile it belongs to the unit that bears the code on the day it arrived.
with
    waiting as (
        select
            submission.*,
            (submission.received_at at time zone 'Asia/Ho_Chi_Minh')::date as received_on
        from raw.submission
        inner join pg_temp.waiting on waiting.submission_id = submission.submission_id
    ),

    candidates as (
        select
            waiting.submission_id,
            waiting.form = 'document' as is_document,
            admissible.unit_id,
            units.valid_from,
            units.valid_to,
            units.valid_to > waiting.received_on as is_bearer,
            admissible.unit_id = waiting.unit_id as is_named_by_id,
            exists (
                select 1 from app.org_unit as another where another.unit_id = waiting.unit_id
            ) as is_about_another,
            exists (
                select 1
                from app.org_unit_name as named
                where
                    named.unit_id = admissible.unit_id
                    -- «Đa Mai» is Phường Đa Mai
                    and right(' ' || lower(named.unit_name), length(waiting.unit_name) + 1)
                    = ' ' || lower(waiting.unit_name)
            ) as is_named
        from waiting
        inner join
            app.admissible_report as admissible
            on admissible.programme_code = waiting.programme_code
            and admissible.period = waiting.period
            and admissible.unit_code = waiting.unit_code
            and admissible.agency_code = waiting.agency_code
        inner join
            app.org_unit as units
            on units.unit_id = admissible.unit_id
            and units.valid_from <= waiting.received_on
    ),

    counted as (
        select
            *,
            count(*) over of_report as candidates,
            count(*) filter (where is_named_by_id) over of_report as named_by_id,
            count(*) filter (where is_named) over of_report as named
        from candidates
        window of_report as (partition by submission_id)
    ),

    ranked as (
        select
            *,
            named_by_id = 0 and is_about_another as is_misidentified,
            named_by_id = 0
            and not is_about_another
            and not is_document
            and candidates > 1
            and named <> 1 as is_ambiguous,
            row_number() over (
                partition by submission_id
                order by
                    is_named_by_id desc,
                    (named_by_id = 0 and named = 1 and is_named) desc,
                    is_bearer desc,
                    valid_from desc
            ) as rank
        from counted
    )

select
    ranked.submission_id,
    min(ranked.unit_id) filter (where ranked.rank = 1) as unit_id,
    bool_or(ranked.is_ambiguous) as is_ambiguous,
    bool_or(ranked.is_misidentified) as is_misidentified,
    string_agg(
        names.unit_name || case
            when ranked.is_bearer
            then ' (từ ' || to_char(ranked.valid_from, 'DD/MM/YYYY') || ')'
            else ' (đến hết ' || to_char(ranked.valid_to - 1, 'DD/MM/YYYY') || ')'
        end,
        '; '
        order by ranked.valid_from
    ) as candidates
from ranked
cross join
    lateral(
        select unit_name
        from app.org_unit_name as named
        where named.unit_id = ranked.unit_id
        order by named.valid_from desc
        limit 1
    ) as names
group by ranked.submission_id
