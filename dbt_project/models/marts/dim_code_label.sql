-- dim_code_label.sql: one row per list of codes and code, with what it is called
with labels as (select * from {{ ref("code_labels") }})

select code_list, code, label_vi, label_en, sort_order
from labels
