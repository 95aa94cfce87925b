-- fct_report_obligation.sql: one row per published obligation
select
    owed.*,
    units.unit_id is not null as unit_is_known,
    exists (
        select 1
        from ops.report_version as version
        where version.submission_id = owed.accepted_submission_id and version.is_counted
    ) as is_backed
from marts.fct_report_obligation as owed
left join app.org_unit as units on units.unit_id = owed.unit_id
where
    owed.programme_code = any(%(programmes)s)
    and owed.period = any(%(periods)s)
    and (%(units)s::text[] is null or owed.unit_id = any(%(units)s))
