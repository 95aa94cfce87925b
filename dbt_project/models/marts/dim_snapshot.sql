-- dim_snapshot.sql: one row per session, with the time as of which it reads the marts
select
    {{ obligations_as_of() }} as obligations_as_of,
    ({{ obligations_as_of() }} at time zone 'Asia/Ho_Chi_Minh')::date as as_of_on,
    {{ requested_as_of() }} as requested_as_of
