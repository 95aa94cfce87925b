-- stg_period_closings.sql: one row per period that was closed after approval
select programme_code, period, closed_at, note from {{ source("ops", "period_closing") }}
