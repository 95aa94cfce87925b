-- int_main_targets__selected.sql: one row per indicator, period, level of unit and unit with a list
-- of targets of its own (none: every other unit of the level), with the target that decides for
-- its figures now
-- depends_on: {{ ref("int_main_targets__selected_as_of") }}
{{ config(meta={"as_of_model": "int_main_targets__selected_as_of"}) }}

{{ main_targets(ref("int_targets__applied")) }}
