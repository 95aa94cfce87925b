-- int_targets__applied_as_of.sql: one row per target and unit that it is shown beside, as of the
-- time that the session asks for
{{ config(materialized="replaced_view") }} {{ applied_targets(ref("int_targets__in_force_as_of")) }}
