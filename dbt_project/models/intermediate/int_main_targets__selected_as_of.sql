-- int_main_targets__selected_as_of.sql: one row per indicator, period, level of unit and unit with
-- a list of targets of its own, with the target that decides as of the time that the session asks
-- for
{{ config(materialized="replaced_view") }} {{ main_targets(ref("int_targets__applied_as_of")) }}
