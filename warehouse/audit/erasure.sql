select
    erasure.erasure_id::text as subject,
    erasure.erased_at as happened,
    jsonb_build_object(
        'sha256', erasure.sha256,
        'scope', erasure.scope,
        'erased_at', erasure.erased_at,
        'erased_by', erasure.erased_by,
        'act', erasure.act,
        'counts', erasure.counts
    ) as content
from ops.erasure
