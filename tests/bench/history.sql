-- Made-up data for the benchmarks (tests/bench/history.py); no figure in it means anything.
-- part: catalogue
insert into catalogue.programmes (programme_code, name_vi, root_unit_code, starts_on, ends_on, period_type, data_window)
values ('bench', 'Số liệu giả định', '24', '2026-01-01', '2030-12-31', 'month', 'calendar');

insert into catalogue.periods (programme_code, period, kind)
select 'bench', to_char(month, 'YYYY-MM'), 'owed'
from generate_series('2026-10-01'::timestamp, '2026-10-01'::timestamp + make_interval(months => :months - 1), '1 month') as month;

insert into catalogue.reporters
    (programme_code, unit_level, agency_code, form, is_owed, feeds_rollup, within_unit_code, period_from, period_to)
select 'bench', 'commune', 'UBND', 'figures', true, true, unit_code, '2026', '2099'
from intermediate.int_org_units__resolved
where unit_level = 'province' and valid_to = 'infinity'
order by unit_code <> '24', unit_code
limit :provinces;

insert into catalogue.indicators
    (programme_code, indicator_code, sort_order, name_vi, aggregation, factor, is_part_of_whole, min_coverage_pct)
select 'bench', number::text, number, 'Chỉ tiêu giả định', 'ratio', 100, true, 100
from generate_series(1, :indicators) as number;

insert into catalogue.indicator_measures (programme_code, indicator_code, unit_level, measure)
select 'bench', number::text, level, 'rate'
from generate_series(1, :indicators) as number, unnest(array['commune', 'province']) as level;
-- part: plans
-- Targets, deadlines and a score sheet, for the benchmark of reading. The programme goes on, so that its missing
-- reports are open.
update catalogue.programmes set ends_on = '2031-12-31' where programme_code = 'bench';

insert into catalogue.targets
    (programme_code, indicator_code, target_scope, target_year, measure, comparator, target_low, better_end, exceeded_when, raw)
select 'bench', number::text, scope, '2030', 'rate', '≥', 95, 'low', 'beyond_bound', '95'
from generate_series(1, :indicators) as number, unnest(array['province', 'national']) as scope;

insert into catalogue.deadlines
    (programme_code, period, unit_level, agency_code, revision, deadline_on, reading, phrase_vi, is_assumption)
select 'bench', period, 'commune', 'UBND', 1, (period || '-10')::date + interval '1 month', 'inclusive', 'giả định', true
from catalogue.periods
where programme_code = 'bench';

insert into catalogue.programmes (programme_code, name_vi, root_unit_code, starts_on, ends_on, period_type, data_window)
values ('bench-scores', 'Bảng điểm giả định', '24', '2026-01-01', '2030-12-31', 'year', 'calendar');

insert into catalogue.periods (programme_code, period, kind)
select distinct 'bench-scores', left(period, 4), 'owed' from catalogue.periods where programme_code = 'bench';

insert into catalogue.reporters
    (programme_code, unit_level, agency_code, form, is_owed, feeds_rollup, within_unit_code, period_from, period_to)
select 'bench-scores', unit_level, agency_code, form, is_owed, feeds_rollup, within_unit_code, period_from, period_to
from catalogue.reporters where programme_code = 'bench';

insert into catalogue.score_sheets (programme_code, unit_level, verdict_rule, title_vi, is_assumption)
values ('bench-scores', 'commune', 'ranked', 'Bảng điểm giả định', true);

insert into catalogue.criteria
    (programme_code, criterion_code, parent_code, sort_order, kind, name_vi, max_points, points_rule, verification)
select 'bench-scores', 'I', null, 0, 'section', 'Mục giả định', 100, 'sum', null
union all
select 'bench-scores', number::text, 'I', number, 'line', 'Tiêu chí giả định', 10, 'reported', 'optional'
from generate_series(1, 10) as number;

insert into catalogue.indicators
    (programme_code, indicator_code, sort_order, name_vi, aggregation, is_part_of_whole, min_coverage_pct, hard_min, hard_max)
select 'bench-scores', number::text, number, 'Điểm giả định', 'none', false, 100, 0, 10
from generate_series(1, 10) as number;

insert into catalogue.indicator_measures (programme_code, indicator_code, unit_level, measure)
select 'bench-scores', number::text, 'commune', 'points' from generate_series(1, 10) as number;

insert into catalogue.criterion_indicators (programme_code, criterion_code, indicator_code, part)
select 'bench-scores', number::text, number::text, 'points' from generate_series(1, 10) as number;
-- part: history
-- The history is written without its keys to other tables: only its reading is measured. Reports arrive within the
-- twelve days after their period; of a hundred, :missing are missing.
alter table raw.submission drop constraint submission_sha256_fkey;
alter table raw.line drop constraint line_submission_id_fkey;

insert into raw.submission (submission_id, sha256, batch_id, programme_code, period, unit_code, is_made_up, received_at)
select gen_random_uuid(), 'made up', '00000000-0000-0000-0000-000000000000', programme_code, period, unit_code, true,
    arrival.received_at
from intermediate.int_expected_reports__latest
cross join lateral (select abs(hashtext(programme_code || period || unit_code)) as chance) as draw
cross join lateral (
    select least('2031-01-01 08:00+07', (rpad(period, 7, '-12') || '-01')::date + interval '1 month' + chance % 288 * interval '1 hour') as received_at
) as arrival
where programme_code in ('bench', 'bench-scores') and chance % 100 >= :missing
order by received_at;

insert into ops.submission_verdict (submission_id, unit_id, status, rules_version, decided_at)
select submission_id, owed.unit_id, 'accepted', 'bench', received_at + interval '1 hour'
from raw.submission
inner join intermediate.int_expected_reports__latest as owed using (programme_code, period, unit_code, agency_code)
order by received_at;

insert into raw.line
    (submission_id, row_no, indicator_code, numerator_kind, numerator, denominator_kind, denominator, value_kind)
select submission_id, number, number::text, 'exact', numrange(cases, cases, '[]'), 'exact',
    numrange(children, children, '[]'), 'missing'
from raw.submission
cross join (select generate_series(1, (select count(*) from catalogue.indicators where programme_code = 'bench')) as number) as numbers
cross join lateral (select 100 + abs(hashint8(number + hashtext(submission_id::text))) % 900 as children) as whole
cross join lateral (select children - abs(hashint8(number)) % 100 as cases) as part
where programme_code = 'bench' and children >= 0;

insert into raw.line
    (submission_id, row_no, indicator_code, numerator_kind, denominator_kind, value_kind, value)
select submission_id, number, number::text, 'missing', 'missing', 'exact', numrange(points, points, '[]')
from raw.submission
cross join generate_series(1, 10) as number
cross join lateral (select abs(hashint8(number + hashtext(submission_id::text))) % 11 as points) as drawn
where programme_code = 'bench-scores';

analyze;
-- part: correction
with corrected as (
    insert into raw.submission
        (submission_id, sha256, batch_id, programme_code, period, unit_code, submission_type, is_made_up, received_at)
    select gen_random_uuid(), 'made up', batch_id, programme_code, period, unit_code, 'correction', true, '2031-02-01 08:00+07'
    from raw.submission
    where programme_code = 'bench' and period = '2026-10'
    order by unit_code
    limit 1
    returning submission_id, programme_code, period, unit_code, agency_code
),

validated as (
    insert into ops.submission_verdict (submission_id, unit_id, status, rules_version, decided_at)
    select submission_id, owed.unit_id, 'accepted', 'bench', '2031-02-01 09:00+07'
    from corrected
    inner join intermediate.int_expected_reports__latest as owed using (programme_code, period, unit_code, agency_code)
)

insert into raw.line
    (submission_id, row_no, indicator_code, numerator_kind, numerator, denominator_kind, denominator, value_kind)
select submission_id, 1, '1', 'exact', '[1,1]', 'exact', '[1000,1000]', 'missing'
from corrected;
