-- one row per cell of a line that raw has otherwise than the archived file, or that only one of them has
with stored as (
    select line.*, row_number() over (partition by line.submission_id, line.row_no order by line.line_id) as nth
    from raw.line
    inner join raw.submission using (submission_id)
    where submission.form = 'figures' and submission.sha256 in (select sha256 from pg_temp.reread_file)
),

reread as (
    select line.*, row_number() over (partition by line.submission_id, line.row_no order by line.ctid) as nth
    from pg_temp.reread_line as line
    where exists (select from raw.submission where submission.submission_id = line.submission_id)
),

cells as (
    select
        coalesce(stored.submission_id, reread.submission_id) as submission_id,
        coalesce(stored.row_no, reread.row_no) as row_no,
        cell.*
    from stored
    full join reread
        on reread.submission_id = stored.submission_id and reread.row_no = stored.row_no and reread.nth = stored.nth
    cross join lateral (
        select key as part, in_raw.value as found, in_archive.value as expected
        from jsonb_each_text(coalesce(to_jsonb(stored), '{}') - '{line_id,nth}'::text[]) as in_raw
        full join jsonb_each_text(coalesce(to_jsonb(reread), '{}') - '{line_id,nth}'::text[]) as in_archive using (key)
        where in_raw.value is distinct from in_archive.value
    ) as cell
)

select file.archive_uri, cells.*
from cells
inner join raw.submission using (submission_id)
inner join raw.file using (sha256)
order by submission.received_at, cells.submission_id, cells.row_no, cells.part
