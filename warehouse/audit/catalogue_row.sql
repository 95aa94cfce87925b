-- a row of the catalogue since it was recorded: what a plan promised, and which targets and terms were in force
select
    concat_ws(' ', kept.seed, md5(kept.content::text), to_jsonb(kept.recorded_from) #>> '{}') as subject,
    kept.loaded_at as happened,
    jsonb_build_object(
        'seed', kept.seed,
        'programme_code', kept.programme_code,
        'valid_from', kept.valid_from,
        'recorded_from', kept.recorded_from,
        'loaded_at', kept.loaded_at,
        'content_sha256', encode(sha256(convert_to(kept.content::text, 'UTF8')), 'hex')
    ) as content
from ops.catalogue_row as kept
