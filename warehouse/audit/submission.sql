-- each: line_id and the beginning of the line's hash, so that a changed line can be named
select
    submission.submission_id::text as subject,
    submission.received_at as happened,
    jsonb_build_object(
        'sha256', submission.sha256,
        'batch_id', submission.batch_id,
        'programme_code', submission.programme_code,
        'period', submission.period,
        'unit_code', submission.unit_code,
        'unit_id', submission.unit_id,
        'agency_code', submission.agency_code,
        'submission_type', submission.submission_type,
        'form', submission.form,
        'is_made_up', submission.is_made_up,
        'received_at', submission.received_at,
        'text_sha256', encode(sha256(convert_to(
            row(submission.unit_name, submission.sheet, submission.part_columns, submission.file_name)::text, 'UTF8'
        )), 'hex'),
        'raw.line', (
            select jsonb_build_object(
                'rows', count(*),
                'sha256', encode(sha256(string_agg(hash, null order by line_id)), 'hex'),
                'each', string_agg(line_id || ':' || left(encode(hash, 'hex'), 8), ' ' order by line_id)
            )
            from (
                select
                    line.line_id,
                    sha256(convert_to(row(
                        line.line_id, line.row_no, line.indicator_code,
                        line.numerator_raw, line.numerator_kind, line.numerator,
                        line.denominator_raw, line.denominator_kind, line.denominator,
                        line.value_raw, line.value_kind, line.value, line.problems, line.note
                    )::text, 'UTF8')) as hash
                from raw.line
                where line.submission_id = submission.submission_id
            ) as hashed
        )
    ) as content
from raw.submission
