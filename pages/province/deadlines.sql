-- deadlines.sql: one row per deadline in force of the programmes of a province, or of all, as of the session's time
select deadline.programme_code, programme.name_vi, deadline.period, deadline.unit_level, deadline.agency_code,
    deadline.unit_code, named.unit_name, deadline.last_on_time_on, deadline.phrase, deadline.revision, deadline.source
from marts.dim_deadline as deadline
join catalogue.programmes as programme using (programme_code)
left join lateral (
    select unit_name from app.org_unit_code as bearer
    where bearer.unit_code = deadline.unit_code order by bearer.valid_to desc limit 1) as named on true
where %(province)s::text is null or exists (
    select from app.org_unit as root
    join app.org_unit as province on province.unit_id = root.current_province_id
    where root.unit_code = programme.root_unit_code and province.unit_code = %(province)s)
order by deadline.last_on_time_on, deadline.programme_code, deadline.unit_level, deadline.agency_code,
    deadline.unit_code nulls first
