-- entries that say that a row was removed, and that no erasure explains. The rows of a file and its receipts go with its
-- erasure; letters with any by the same office and act, as many as it counted; no other row is ever removed. Workbooks
-- and releases are replaced by newer ones
with removal as (
    select entry_no, kind, subject, content ->> 'by' as erased_by, content ->> 'act' as act
    from ops.audit_entry
    where content ? 'removed' and not kind = any(%(published)s)
),

of_file as (
    select removal.*, coalesce(
        submission.content ->> 'sha256', case removal.kind when 'file' then removal.subject end) as sha256
    from removal
    left join lateral (
        select coalesce(own.content ->> 'submission_id', split_part(removal.subject, ' ', 1)) as submission_id
        from (values (true)) as always
        left join ops.audit_entry as own
            on own.kind = removal.kind and own.subject = removal.subject and own.content ? 'submission_id'
        limit 1) as report on true
    left join lateral (
        select entry.content from ops.audit_entry as entry
        where entry.kind = 'submission' and entry.subject = report.submission_id and not entry.content ? 'removed'
        limit 1) as submission on true
),

erasure as (
    select sha256, erased_by, act, coalesce((counts ->> 'ops.message')::bigint, 0) as letters
    from ops.erasure where scope = 'everything'
)

select entry_no, kind, subject
from of_file
where kind <> 'message' and (
    kind not in (
        'file', 'submission', 'verdict', 'receipt', 'confirmation', 'approval', 'approval_request', 'approval_letter',
        'warning_letter'
    )
    or not exists (
        select from erasure
        where erasure.erased_by = of_file.erased_by and erasure.act = of_file.act
            and erasure.sha256 = coalesce(of_file.sha256, erasure.sha256)
            and (of_file.kind <> 'receipt' or of_file.subject like '%%receipts/' || left(erasure.sha256, 12) || '-%%')))
union all
select entry_no, kind, subject
from (
    select removal.*, count(*) over (partition by erased_by, act order by entry_no) as nth
    from removal where kind = 'message') as letter
where nth > coalesce((
    select sum(letters) from erasure where erasure.erased_by = letter.erased_by and erasure.act = letter.act), 0)
order by entry_no
