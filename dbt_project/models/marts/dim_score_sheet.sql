-- dim_score_sheet.sql: one row per programme that scores its units
with sheets as (select * from {{ ref("score_sheets") }})

select programme_code, title_vi, unit_level, verdict_rule, is_assumption, note, source
from sheets
