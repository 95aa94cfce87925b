-- required_line.sql: one row per line that a full report has to contain: of its level, and its
-- sender's to report
-- A line of three empty cells is as absent as no line, and its first cell is pointed at; "không
-- áp dụng" is a value. Numerator and denominator do not count where only the value does.
with
    submitted_lines as (
        select
            submission_id,
            indicator,
            min(line_id) as line_id,
            min(row_no) as row_no,
            bool_or(
                value_kind <> 'missing'
                or not is_value_alone
                and (numerator_kind, denominator_kind) <> ('missing', 'missing')
            ) as is_present,
            min(
                part_columns ->> case when is_value_alone then 'value' else 'numerator' end
            ) as first_column
        from pg_temp.checked_line
        group by 1, 2
    )

select
    report.submission_id,
    submitted_lines.line_id,
    report.programme,
    report.period,
    report.unit,
    report.sheet,
    indicators.indicator_code as indicator,
    indicators.name_vi as indicator_name,
    coalesce(submitted_lines.is_present, false) as is_present,
    case when report.sheet is not null then submitted_lines.first_column || submitted_lines.row_no end as cell,
    case when report.sheet is null then submitted_lines.row_no end as line,
    null::text as raw
from pg_temp.checked_submission as report
inner join
    app.indicator_agency as assigned
    on assigned.programme_code = report.programme
    and assigned.agency_code = report.agency
    and assigned.is_required
inner join
    catalogue.indicators
    on indicators.programme_code = assigned.programme_code
    and indicators.indicator_code = assigned.indicator_code
    and (indicators.plan_unit_code is null or indicators.plan_unit_code = report.unit)
inner join
    catalogue.indicator_measures as measures
    on measures.programme_code = indicators.programme_code
    and measures.indicator_code = indicators.indicator_code
    and measures.unit_level = report.unit_level
left join
    submitted_lines on submitted_lines.submission_id = report.submission_id and submitted_lines.indicator = indicators.indicator_code
where report.form = 'figures' and report.submission_type = 'full' and not report.is_unreadable
