-- classes.sql: one row per unit that a score sheet with classes is for, with its class in force; of the programmes of a
-- province, or of all, of one programme and unit where they are given
with scored as (
    select distinct on (expected.programme_code, expected.unit_code)
        expected.programme_code, expected.unit_code, expected.unit_id
    from app.expected_report as expected
    join dim_score_sheet using (programme_code, unit_level)
    where expected.reason <> 'baseline'
        and exists (select from dim_score_class as class where class.programme_code = expected.programme_code)
        and (%(programme)s::text is null or expected.programme_code = %(programme)s)
        and (%(unit)s::text is null or expected.unit_code = %(unit)s)
    order by expected.programme_code, expected.unit_code, expected.resolve_on desc)
select scored.programme_code, programme.name_vi as programme_name, scored.unit_code, named.unit_name,
    unit_class.class_code, class.class_name, class.min_points, unit_class.act, unit_class.valid_from
from scored
join catalogue.programmes as programme using (programme_code)
left join dim_org_unit_class as unit_class using (programme_code, unit_code)
left join dim_score_class as class using (programme_code, class_code)
left join lateral (
    select unit_name from app.org_unit_code as bearer
    where bearer.unit_id = scored.unit_id order by bearer.valid_to desc limit 1) as named on true
where %(province)s::text is null or exists (
    select from app.org_unit as root
    join app.org_unit as province on province.unit_id = root.current_province_id
    where root.unit_code = programme.root_unit_code and province.unit_code = %(province)s)
order by programme.starts_on desc, scored.programme_code, scored.unit_code
