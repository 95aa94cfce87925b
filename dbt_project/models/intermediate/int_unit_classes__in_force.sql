-- int_unit_classes__in_force.sql: one row per programme and unit with its class that is in force
-- now:
-- the newest whose day has come
-- depends_on: {{ ref("int_unit_classes__in_force_as_of") }}
{{ config(meta={"as_of_model": "int_unit_classes__in_force_as_of"}) }}

{{ in_force(ref("unit_classes"), ["programme_code", "unit_code"]) }}
