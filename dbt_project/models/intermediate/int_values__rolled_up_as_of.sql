-- int_values__rolled_up_as_of.sql: one row per indicator, measure, period, place and basis: the
-- sums
-- as they were known at the moment that the session asks for
{{ config(materialized="replaced_view") }} {{ rollup(is_valid_as_of()) }}
