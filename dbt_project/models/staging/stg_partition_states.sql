-- stg_partition_states.sql: one row per consumer and partition, with a hash of what it was made of
select consumer, programme_code, period, partition_province_id, version, accepted_through
from {{ source("ops", "partition_state") }}
