-- int_targets__applied.sql: one row per target in force now and unit that it is shown beside;
-- without a unit it is shown beside every unit of the level that has no list of its own
-- depends_on: {{ ref("int_targets__applied_as_of") }}
{{
    config(
        meta={"as_of_model": "int_targets__applied_as_of"},
        indexes=[{"columns": ["programme_code", "indicator_code", "unit_id"]}],
    )
}}

{{ applied_targets(ref("int_targets__in_force")) }}
