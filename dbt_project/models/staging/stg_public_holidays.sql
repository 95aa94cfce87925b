-- stg_public_holidays.sql: one row per public holiday, as the library of holidays gives it
select day, name_vi from {{ source("ops", "public_holiday") }}
