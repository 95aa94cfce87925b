-- contacts.sql: one row per contact of a province's units of today, or of all provinces, and one per unit without any
select unit.unit_code, unit.unit_name, contact.role, contact.agency_code, contact.email, contact.webhook
from app.org_unit_code as unit
join app.org_unit as located on located.unit_id = unit.unit_id
join app.org_unit as province on province.unit_id = located.current_province_id
left join ops.contact as contact on contact.unit_code = unit.unit_code
where unit.valid_to = 'infinity' and (province.unit_code = %(province)s
    or %(province)s::text is null and contact.unit_code is not null)
order by unit.unit_level desc, unit.unit_code, contact.role, contact.agency_code, contact.email
