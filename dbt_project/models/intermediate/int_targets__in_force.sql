-- int_targets__in_force.sql: one row per target that is in force now: the newest of its revisions
-- whose day has come
-- depends_on: {{ ref("int_targets__in_force_as_of") }}
{{ config(meta={"as_of_model": "int_targets__in_force_as_of"}) }}

{{ targets_in_force(ref("targets")) }}
