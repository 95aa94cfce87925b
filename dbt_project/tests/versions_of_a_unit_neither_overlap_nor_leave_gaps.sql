with
    versions as (select * from {{ ref("stg_org_units") }}),

    followed as (
        select
            unit_id,
            valid_from,
            valid_to,
            lead(valid_from) over (partition by unit_id order by valid_from) as next_from
        from versions
    )

select *
from followed
where valid_from >= valid_to or next_from <> valid_to
