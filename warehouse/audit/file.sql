select
    file.sha256 as subject,
    file.received_at as happened,
    jsonb_build_object(
        'size_bytes', file.size_bytes,
        'archive_uri', file.archive_uri,
        'batch_id', file.batch_id,
        'received_at', file.received_at,
        'file_name_sha256', encode(sha256(convert_to(file.file_name, 'UTF8')), 'hex')
    ) as content
from raw.file
