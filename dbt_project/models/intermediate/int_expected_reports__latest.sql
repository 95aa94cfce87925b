-- int_expected_reports__latest.sql: one row per report that may be sent: a unit, an agency, a
-- period, by the newest decisions
-- Both indexes begin with the unit: by programme and period alone the planner expects a few rows,
-- where a nation has thousands, and would compare every report of a period with every unit.
{{
    config(
        indexes=[
            {
                "columns": ["unit_code", "programme_code", "period", "agency_code"],
                "unique": true,
            },
            {
                "columns": ["unit_id", "programme_code", "period", "agency_code"],
                "unique": true,
            },
        ]
    )
}}

with
    history as (
        select * from {{ ref("int_expected_reports__history") }} where decided_to = 'infinity'
    )

select
    programme_code,
    period,
    unit_id,
    agency_code,
    unit_code,
    unit_level,
    partition_province_id,
    within_unit_code,
    form,
    is_owed,
    is_exempt,
    feeds_rollup,
    is_in_rollup,
    data_from,
    owed_from,
    resolve_on,
    last_on_time_on,
    deadline_at,
    deadline_revision,
    deadline_phrase_vi,
    reason
from history
