-- A file of a simulated history, copied into the table `sent`, goes into raw and ops as loader and gate would leave it
-- (tests/bench/loading.py). Cells that are not plain digits have been typed by the reader: the table `typed_cell`.
-- part: keys
alter table raw.line drop constraint if exists line_submission_id_fkey;
-- part: tables
create temporary table sent (
    programme_code text, period text, unit_code text, unit_id text, agency_code text, submission_type text, made_up text,
    indicator_code text, numerator text, denominator text, value text
);

create temporary table typed_cell (part text, indicator_code text, unit_code_length integer, raw text, kind text, interval numrange);
-- part: texts
select part, indicator_code, length(unit_code) as unit_code_length, min(programme_code), min(unit_code), raw
from sent
cross join lateral (values ('numerator', numerator), ('denominator', denominator), ('value', value)) as cell (part, raw)
where raw !~ '^[0-9]+$' or part = 'value'
group by part, indicator_code, unit_code_length, raw;
-- part: rows
analyze sent, typed_cell;

create temporary table line as
select
    sent.*, sent.numerator ~ '^[0-9]+$' as has_cases, sent.denominator ~ '^[0-9]+$' as has_whole,
    numerators.kind as numerator_kind, numerators.interval as numerator_interval,
    denominators.kind as denominator_kind, denominators.interval as denominator_interval,
    coalesce(known_values.kind, 'missing') as value_kind, known_values.interval as value_interval
from sent
left join typed_cell as numerators
    on numerators.part = 'numerator' and numerators.indicator_code = sent.indicator_code
    and numerators.unit_code_length = length(sent.unit_code) and numerators.raw = sent.numerator
left join typed_cell as denominators
    on denominators.part = 'denominator' and denominators.indicator_code = sent.indicator_code
    and denominators.unit_code_length = length(sent.unit_code) and denominators.raw = sent.denominator
left join typed_cell as known_values
    on known_values.part = 'value' and known_values.indicator_code = sent.indicator_code
    and known_values.unit_code_length = length(sent.unit_code) and known_values.raw = sent.value;

create temporary table report as
select
    gen_random_uuid() as submission_id, line.programme_code, line.period, line.unit_code, line.unit_id, line.agency_code, line.submission_type,
    coalesce(bool_or(
        'unreadable' in (line.numerator_kind, line.denominator_kind, line.value_kind)
        or indicators.is_part_of_whole and case when line.has_cases and line.has_whole then line.numerator::numeric > line.denominator::numeric end
    ), false) as is_wrong
from line
left join catalogue.indicators using (programme_code, indicator_code)
group by 2, 3, 4, 5, 6, 7;

analyze line, report;

insert into raw.file (sha256, file_name, size_bytes, archive_uri, batch_id, received_at)
values (%(file)s, %(file)s, 1, 'made up', %(batch)s, %(arrival)s);

insert into raw.submission
    (submission_id, sha256, batch_id, programme_code, period, unit_code, unit_id, agency_code, submission_type, is_made_up, received_at)
select submission_id, %(file)s, %(batch)s, programme_code, period, unit_code, unit_id, agency_code, submission_type, true, %(arrival)s
from report;

insert into ops.submission_verdict (submission_id, unit_id, status, rules_version, decided_at)
select submission_id, unit_id, case when is_wrong then 'rejected' else 'accepted' end, 'bench', %(arrival)s + interval '1 hour'
from report;

insert into raw.line (
    submission_id, row_no, indicator_code, numerator_raw, numerator_kind, numerator, denominator_raw, denominator_kind,
    denominator, value_raw, value_kind, value
)
select
    report.submission_id, row_number() over (), line.indicator_code,
    line.numerator, case when line.has_cases then 'exact' else coalesce(line.numerator_kind, 'missing') end,
    case when line.has_cases then numrange(line.numerator::numeric, line.numerator::numeric, '[]') else line.numerator_interval end,
    line.denominator, case when line.has_whole then 'exact' else coalesce(line.denominator_kind, 'missing') end,
    case when line.has_whole then numrange(line.denominator::numeric, line.denominator::numeric, '[]') else line.denominator_interval end,
    line.value, line.value_kind, line.value_interval
from line
inner join report using (unit_id, agency_code)
where line.indicator_code is not null;

drop table line, report;

truncate sent, typed_cell;
