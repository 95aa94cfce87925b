-- entries and rows that do not say the same; every key of an entry is compared, columns of a later release are not
with entry as (
    select entry_no, subject, content from ops.audit_entry where kind = %(kind)s
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
