-- stg_files.sql: one row per distinct content received
select sha256, file_name, received_at from {{ source("raw", "file") }}
