with
    units as (select * from {{ ref("int_org_units__resolved") }}),

    followed as (
        select
            unit_code,
            unit_id,
            valid_to,
            lead(valid_from) over (partition by unit_code order by valid_from) as next_from
        from units
    )

select *
from followed
where next_from < valid_to
