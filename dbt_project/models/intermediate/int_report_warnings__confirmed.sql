-- int_report_warnings__confirmed.sql: one row per warning of an accepted report, and whether its
-- sender confirmed the figure
{{ config(materialized="replaced_view") }}

with warnings as (select * from {{ ref("stg_report_warnings") }})

select *, confirmed_at is not null as is_confirmed
from warnings
