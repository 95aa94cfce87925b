-- int_unit_classes__in_force_as_of.sql: one row per programme and unit with its class as the
-- session's time has it: the newest that is recorded and whose day has come
{{ config(materialized="replaced_view") }}

{{ in_force(as_recorded("unit_classes"), ["programme_code", "unit_code"]) }}
