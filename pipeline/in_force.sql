-- in_force.sql: one row per line that the accepted reports of a unit and agency say now, from their files and not from
-- the last build; a correction replaces the lines that it carries, a full report or a retraction all before it
with accepted as (
    select submission.submission_id, verdict.accepted_seq,
        max(verdict.accepted_seq) filter (where submission.submission_type <> 'correction') over () as complete_seq
    from raw.submission as submission
    join ops.accepted_verdict as verdict using (submission_id)
    where submission.programme_code = %(programme)s and submission.period = %(period)s
        and submission.agency_code = %(agency)s and submission.form = 'figures'
        and verdict.unit_id = %(unit_id)s
)
select distinct on (line.indicator_code)
    line.indicator_code, line.note,
    line.numerator_raw, line.numerator_kind, lower(line.numerator) as numerator,
    line.denominator_raw, line.denominator_kind, lower(line.denominator) as denominator,
    line.value_raw, line.value_kind, lower(line.value) as value
from accepted
join raw.line as line using (submission_id)
where accepted.accepted_seq >= coalesce(accepted.complete_seq, 0) and line.indicator_code is not null
order by line.indicator_code, accepted.accepted_seq desc
