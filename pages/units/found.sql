-- found.sql: one row per unit with a code, or with a text in its name, those of today first
-- A text without marks of Vietnamese (is_plain) finds names whatever their marks. is_whole: it is the name itself,
-- with or without the word for the kind of unit before it.
with units as (
    select unit.*,
        lower(unit_type) || ' ' as kind,
        case
            when %(is_plain)s
            then replace(regexp_replace(normalize(lower(unit_name), nfd), '[\u0300-\u036f]', '', 'g'), 'đ', 'd')
            else lower(unit_name)
        end as read_name
    from marts.dim_org_unit as unit
    where is_latest_version
)
select unit.unit_id, unit.unit_code, unit.unit_name, unit.unit_level, unit.valid_to, unit.is_current,
    province.unit_name as province_name,
    lower(%(text)s) in (unit.read_name, substr(unit.read_name, length(unit.kind) + 1)) as is_whole
from units as unit
left join marts.dim_org_unit as province on province.unit_id = unit.province_id and province.is_latest_version
where unit.unit_code = %(text)s
    or unit.read_name like lower(%(pattern)s)
order by unit.is_current desc, is_whole desc, unit.unit_code, unit.valid_from desc
limit 200
