-- steps.sql: one row per line that replaced another, that is new, or that was withdrawn (then there is no new line),
-- between two instants
with lines as (
    select indicator_code, unit_id, unit_code, agency_code, known_from, known_to, submission_id, line_id
    from app.figure_line
    where programme_code = %(programme)s and period = %(period)s and figure_unit_code = %(unit)s
        and boundary_basis = %(basis)s and is_primary and indicator_code = any(%(indicators)s)),
steps as (
    select coalesce(new.indicator_code, old.indicator_code) as indicator_code,
           coalesce(new.unit_id, old.unit_id) as unit_id, coalesce(new.unit_code, old.unit_code) as unit_code,
           coalesce(new.agency_code, old.agency_code) as agency_code,
           coalesce(new.known_from, old.known_to) as changed_at,
           new.submission_id as new_submission_id, new.line_id as new_line_id, old.line_id as old_line_id
    from lines as new
    full join lines as old
        on old.indicator_code = new.indicator_code and old.unit_id = new.unit_id
        and old.agency_code = new.agency_code and old.known_to = new.known_from
    where coalesce(new.known_from, old.known_to) > %(before)s
        and coalesce(new.known_from, old.known_to) <= %(after)s)
select steps.indicator_code, steps.unit_code, steps.agency_code, steps.changed_at as accepted_at,
       submission.submission_id, submission.submission_type, file.file_name, file.sha256, file.archive_uri,
       submission.sheet, submission.part_columns, new.row_no,
       old.numerator_raw as old_numerator, old.denominator_raw as old_denominator, old.value_raw as old_value,
       new.numerator_raw as new_numerator, new.denominator_raw as new_denominator, new.value_raw as new_value
from steps
left join raw.line as new on new.line_id = steps.new_line_id
left join raw.line as old on old.line_id = steps.old_line_id
cross join lateral (
    select coalesce(steps.new_submission_id, (
        select report.submission_id from app.validated_submission as report
        where report.programme_code = %(programme)s and report.period = %(period)s and report.unit_id = steps.unit_id
            and report.agency_code = steps.agency_code and report.is_accepted
            and report.decided_at = steps.changed_at
        order by report.accepted_seq desc limit 1)) as submission_id) as cause
join raw.submission as submission on submission.submission_id = cause.submission_id
join raw.file as file on file.sha256 = submission.sha256
where (new.numerator_kind, new.numerator, new.denominator_kind, new.denominator, new.value_kind, new.value)
    is distinct from
    (old.numerator_kind, old.numerator, old.denominator_kind, old.denominator, old.value_kind, old.value)
order by steps.changed_at, steps.unit_code, steps.agency_code
