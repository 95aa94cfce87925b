-- dim_org_unit_class.sql: one row per programme and unit with a class on its score sheet: the class
-- in force
with unit_classes as (select * from {{ ref("int_unit_classes__in_force") }})

select programme_code, unit_code, class_code, note, act, valid_from
from unit_classes
