-- changed_partition.sql: one row per programme, period and province of today in which the last
-- build found a report that the marts did not hold
select programme_code, period, current_province_id from {{ ref("int_partitions__changed") }}
