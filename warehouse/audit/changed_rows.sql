-- entries and rows that do not say the same; every key of an entry is compared, columns of a later release are not
-- what was removed and came again is compared with what was recorded since
with removed as (
    select subject, max(entry_no) as entry_no from ops.audit_entry where kind = %(kind)s and content ? 'removed'
    group by subject
),

entry as (
    select recorded.entry_no, recorded.subject, recorded.content
    from ops.audit_entry as recorded
    left join removed on removed.subject = recorded.subject
    where recorded.kind = %(kind)s and (
        removed.entry_no is null
        or recorded.entry_no > removed.entry_no
        or (recorded.entry_no = removed.entry_no and not exists (
            select from ops.audit_entry as later
            where later.kind = %(kind)s and later.subject = recorded.subject and later.entry_no > removed.entry_no
        ))
    )
)
select
    coalesce(entry.subject, found.subject) as subject, entry.entry_no, entry.content as expected, found.content as found
from entry
full join ({query}) as found on found.subject = entry.subject
where entry.content is null or found.content is null or (
    found.content <> entry.content
    and exists (
        select from jsonb_each(entry.content) as part where found.content -> part.key is distinct from part.value
    )
)
order by entry.entry_no, 1
