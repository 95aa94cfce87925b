-- int_expected_reports__latest.sql: one row per report that may be sent: a unit, an agency, a
-- period, by
-- the newest decisions
{{
    config(
        indexes=[
            {
                "columns": ["programme_code", "period", "unit_code", "agency_code"],
                "unique": true,
            },
        ]
    )
}}

with
    decided as (
        select * from {{ ref("int_expected_reports__history") }} where decided_to = 'infinity'
    )

select
    programme_code,
    period,
    unit_id,
    agency_code,
    unit_code,
    unit_level,
    current_province_id,
    form,
    is_owed,
    feeds_rollup,
    resolve_on,
    last_on_time_on,
    deadline_at,
    deadline_revision,
    deadline_phrase_vi,
    reason
from decided
