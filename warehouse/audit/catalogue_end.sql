-- until when a row of the catalogue was recorded, once it is not any more
select
    concat_ws(' ', kept.seed, md5(kept.content::text), to_jsonb(kept.recorded_from) #>> '{}') as subject,
    kept.recorded_to as happened,
    jsonb_build_object('recorded_to', kept.recorded_to) as content
from ops.catalogue_row as kept
where kept.recorded_to < 'infinity'
