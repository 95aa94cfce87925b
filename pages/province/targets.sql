-- targets.sql: one row per target in force of the programmes of a province, or of all, without the national ones
select target.programme_code, programme.name_vi as programme_name, target.indicator_code, indicator.name_vi,
    indicator.unit_vi, target.target_scope, target.bound_unit_code, named.unit_name, target.target_year, target.raw,
    target.comparator, target.act, target.valid_from
from dim_target as target
join catalogue.programmes as programme using (programme_code)
join dim_indicator as indicator using (programme_code, indicator_code)
left join lateral (
    select unit_name from app.org_unit_code as bearer
    where bearer.unit_code = target.bound_unit_code order by bearer.valid_to desc limit 1) as named on true
where target.target_scope <> 'national'
    and (%(province)s::text is null or exists (
        select from app.org_unit as root
        join app.org_unit as province on province.unit_id = root.current_province_id
        where root.unit_code = programme.root_unit_code and province.unit_code = %(province)s))
order by programme.starts_on desc, target.programme_code, indicator.sort_order, target.target_year,
    target.target_scope desc, target.bound_unit_code
