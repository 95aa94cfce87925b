select
    concat_ws(' ', closing.programme_code, closing.period) as subject,
    closing.closed_at as happened,
    jsonb_build_object(
        'closed_at', closing.closed_at,
        'note_sha256', encode(sha256(convert_to(closing.note, 'UTF8')), 'hex')
    ) as content
from ops.period_closing as closing
