-- dim_indicator_concept.sql: one row per indicator of a programme that measures a concept, which
-- indicators of other programmes measure, too
with
    named as (select * from {{ as_recorded("indicator_concepts") }}),

    concepts as (select * from {{ as_recorded("concepts") }})

select
    named.programme_code,
    named.indicator_code,
    named.concept_code,
    concepts.name_vi,
    concepts.name_en,
    concepts.national_code,
    concepts.sdg_code,
    concepts.who_code,
    named.break_vi,
    concepts.source
from named
inner join concepts on concepts.concept_code = named.concept_code
