-- int_values__rolled_up.sql: one row per indicator, measure, period, place and basis: the newest
-- sums, not yet divided
{{
    config(
        materialized="partitioned_table",
        meta={"as_of_model": "int_values__rolled_up_as_of"},
        indexes=[
            {"columns": ["programme_code", "period", "partition_province_id"]},
            {
                "columns": [
                    "unit_id",
                    "period",
                    "programme_code",
                    "indicator_code",
                    "measure",
                    "boundary_basis",
                ],
                "unique": true,
            },
        ],
    )
}}

{{ rollup("known_to = 'infinity' and " ~ in_changed_partitions()) }}
