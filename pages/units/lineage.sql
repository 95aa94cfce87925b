-- lineage.sql: one row per unit that went into a unit, or that a unit went into
select 'before' as side, old_unit_id as unit_id, old_code as unit_code, old_name as unit_name, relation, effective_on
from geography.org_unit_lineage where new_unit_id = %(unit_id)s
union all
select 'after', new_unit_id, new_code, new_name, relation, effective_on
from geography.org_unit_lineage where old_unit_id = %(unit_id)s
order by side desc, unit_code
