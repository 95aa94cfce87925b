-- dim_snapshot.sql: one row per session, with the times as of which it reads the marts
-- Figures hold what was accepted until the last build, and obligations their status on the build's
-- day: the two may differ.
select
    {{ obligations_as_of() }} as obligations_as_of,
    ({{ obligations_as_of() }} at time zone 'Asia/Ho_Chi_Minh')::date as as_of_on,
    {{ requested_as_of() }} as requested_as_of,
    coalesce(
        {{ requested_as_of() }}, (select newest_decided_at from {{ ref("int_builds__latest") }})
    ) as figures_as_of
