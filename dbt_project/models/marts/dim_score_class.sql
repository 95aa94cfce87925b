-- dim_score_class.sql: one row per programme and class of unit, with the points to be recognised
with classes as (select * from {{ ref("score_classes") }})

select programme_code, class_code, name_vi as class_name, min_points, source
from classes
