-- steps.sql: one row per line that took the place of another, that came new, or that was withdrawn (then no line came),
-- between two instants
with lines as (
    select indicator_code, unit_id, unit_code, agency_code, known_from, known_to, submission_id, line_id
    from app.figure_line
    where programme_code = %(programme)s and period = %(period)s and figure_unit_code = %(unit)s
        and boundary_basis = %(basis)s and is_primary and indicator_code = any(%(indicators)s)),
steps as (
    select coalesce(came.indicator_code, went.indicator_code) as indicator_code,
           coalesce(came.unit_id, went.unit_id) as unit_id, coalesce(came.unit_code, went.unit_code) as unit_code,
           coalesce(came.agency_code, went.agency_code) as agency_code,
           coalesce(came.known_from, went.known_to) as changed_at,
           came.submission_id as came_with, came.line_id as came_id, went.line_id as went_id
    from lines as came
    full join lines as went
        on went.indicator_code = came.indicator_code and went.unit_id = came.unit_id
        and went.agency_code = came.agency_code and went.known_to = came.known_from
    where coalesce(came.known_from, went.known_to) > %(before)s
        and coalesce(came.known_from, went.known_to) <= %(after)s)
select steps.indicator_code, steps.unit_code, steps.agency_code, steps.changed_at as accepted_at,
       submission.submission_id, submission.submission_type, file.file_name, file.sha256, file.archive_uri,
       submission.sheet, submission.part_columns, came.row_no,
       went.numerator_raw as old_numerator, went.denominator_raw as old_denominator, went.value_raw as old_value,
       came.numerator_raw as new_numerator, came.denominator_raw as new_denominator, came.value_raw as new_value
from steps
left join raw.line as came on came.line_id = steps.came_id
left join raw.line as went on went.line_id = steps.went_id
cross join lateral (
    select coalesce(steps.came_with, (
        select report.submission_id from app.validated_submission as report
        where report.programme_code = %(programme)s and report.period = %(period)s and report.unit_id = steps.unit_id
            and report.agency_code = steps.agency_code and report.is_accepted
            and report.decided_at = steps.changed_at
        order by report.accepted_seq desc limit 1)) as submission_id) as cause
join raw.submission as submission on submission.submission_id = cause.submission_id
join raw.file as file on file.sha256 = submission.sha256
where (came.numerator_kind, came.numerator, came.denominator_kind, came.denominator, came.value_kind, came.value)
    is distinct from
    (went.numerator_kind, went.numerator, went.denominator_kind, went.denominator, went.value_kind, went.value)
order by steps.changed_at, steps.unit_code, steps.agency_code
