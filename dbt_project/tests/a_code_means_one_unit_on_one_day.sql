with
    units as (select * from {{ ref("int_org_units__identified") }}),

    followed as (
        select
            unit_code,
            unit_id,
            lives_to,
            lead(lives_from) over (partition by unit_code order by lives_from) as next_from
        from units
    )

select *
from followed
where next_from < lives_to
