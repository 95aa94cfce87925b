-- dim_org_unit_class.sql: one row per programme and unit with a class on its score sheet
with unit_classes as (select * from {{ ref("unit_classes") }})

select programme_code, unit_code, class_code, note
from unit_classes
