-- int_org_unit_versions__resolved.sql: one row per unit and time in which it had the same parent
-- A change of name or type is no change here. A unit that moved to another parent stays the same
-- unit: its figures follow the parent of their own day as reported, and the newest one today.
{{ config(indexes=[{"columns": ["unit_id", "valid_from"], "unique": true}]) }}

with
    versions as (select * from {{ ref("stg_org_units") }}),

    compared as (
        select
            *,
            (
                parent_code
                is distinct from lag(parent_code) over (partition by unit_id order by valid_from)
            )::integer as is_other_parent
        from versions
    ),

    numbered as (
        select *, sum(is_other_parent) over (partition by unit_id order by valid_from) as version_no
        from compared
    ),

    spans as (
        select
            unit_id,
            unit_code,
            unit_level,
            parent_code,
            version_no,
            min(valid_from) as valid_from,
            max(valid_to) as valid_to
        from numbered
        group by 1, 2, 3, 4, 5
    )

select
    spans.unit_id,
    spans.unit_code,
    spans.unit_level,
    spans.valid_from,
    spans.valid_to,
    parents.unit_id as parent_id,
    case
        when spans.unit_level = 'district'
        then spans.unit_id
        when parents.unit_level = 'district'
        then parents.unit_id
    end as district_id,
    coalesce(grandparents.unit_id, parents.unit_id, spans.unit_id) as province_id
from spans
left join
    spans as parents
    on parents.unit_code = spans.parent_code
    and parents.valid_from <= spans.valid_from
    and parents.valid_to > spans.valid_from
left join
    spans as grandparents
    on grandparents.unit_code = parents.parent_code
    and grandparents.valid_from <= parents.valid_from
    and grandparents.valid_to > parents.valid_from
