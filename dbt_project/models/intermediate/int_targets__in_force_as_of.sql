-- int_targets__in_force_as_of.sql: one row per target as the session's time has it: the newest of
-- its revisions that is recorded and whose day has come
{{ config(materialized="replaced_view") }} {{ targets_in_force(as_recorded("targets")) }}
