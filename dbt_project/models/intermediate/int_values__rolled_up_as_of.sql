-- int_values__rolled_up_as_of.sql: one row per indicator, measure, period, unit above and basis,
-- with the sums as of the time that the session asks for
{{ config(materialized="replaced_view") }} {{ rollup(is_valid_as_of()) }}
