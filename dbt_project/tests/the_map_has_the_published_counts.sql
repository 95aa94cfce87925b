-- The lists: 34 provinces and 3 321 communes since 2025-07-01; 63, 696 and 10 051 in the list of
-- 2025-01-04.
with
    units as (select * from {{ ref("int_org_units__resolved") }}),

    published as (
        select *
        from
            (
                values
                    (date '2025-06-30', 'province', 63),
                    (date '2025-06-30', 'district', 696),
                    (date '2025-06-30', 'commune', 10051),
                    (date '2025-07-01', 'province', 34),
                    (date '2025-07-01', 'commune', 3321),
                    (current_date, 'province', 34),
                    (current_date, 'district', 0),
                    (current_date, 'commune', 3321)
            ) as counts(on_day, unit_level, published)
    )

select published.on_day, published.unit_level, published.published, count(units.unit_id) as found
from published
left join
    units
    on units.unit_level = published.unit_level
    and units.valid_from <= published.on_day
    and units.valid_to > published.on_day
group by 1, 2, 3
having count(units.unit_id) <> published.published
