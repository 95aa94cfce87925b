-- int_submission_status__stored.sql: the rows of int_submission_status__computed as of the last
-- build, ready to be looked up
{{
    config(
        materialized="partitioned_table",
        meta={"partitions_from": "int_submissions__decided", "partitions_of": "decisions"},
        indexes=[
            {"columns": ["programme_code", "period", "partition_province_id"]},
            {
                "columns": ["unit_id", "programme_code", "period", "agency_code", "known_from"],
                "unique": true,
            },
        ],
    )
}}

select
    programme_code,
    period,
    unit_id,
    agency_code,
    partition_province_id,
    first_received_at,
    fulfilled_at,
    accepted_at,
    accepted_submission_id,
    is_awaiting_approval,
    submission_id,
    known_from,
    known_to
from {{ ref("int_submission_status__computed") }}
where {{ in_changed_partitions() }}
