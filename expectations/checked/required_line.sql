-- required_line.sql: one row per line that a full report has to hold
-- A line of three empty cells is as absent as no line; "không áp dụng" is an answer.
with
    told as (
        select distinct submission_id, indicator
        from pg_temp.checked_line
        where (numerator_kind, denominator_kind, value_kind) <> ('missing', 'missing', 'missing')
    )

select
    report.submission_id,
    null::bigint as line_id,
    report.programme,
    report.period,
    report.unit,
    report.sheet,
    indicators.indicator_code as indicator,
    indicators.name_vi as indicator_name,
    told.indicator is not null as is_present,
    null::text as cell,
    null::integer as line,
    null::text as raw
from pg_temp.checked_submission as report
inner join
    catalogue.indicators on indicators.programme_code = report.programme and indicators.is_required
inner join
    catalogue.indicator_measures as measures
    on measures.programme_code = indicators.programme_code
    and measures.indicator_code = indicators.indicator_code
    and measures.unit_level = report.unit_level
left join
    told on told.submission_id = report.submission_id and told.indicator = indicators.indicator_code
where report.form = 'figures' and report.submission_type = 'full' and not report.is_unreadable
