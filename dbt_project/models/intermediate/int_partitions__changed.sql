-- int_partitions__changed.sql: one row per programme, period and partition with a report the
-- marts do
-- not know yet
-- A build that changed the catalogue starts over: everything it knows is changed.
with
    reports as (select * from {{ ref("int_submissions__validated") }}),

    builds as (select * from {{ ref("stg_pipeline_runs") }} where step = 'build'),

    this_build as (select * from builds order by run_id desc limit 1),

    last_success as (select * from builds where status = 'succeeded' order by run_id desc limit 1)

select distinct reports.programme_code, reports.period, reports.current_province_id
from reports
left join this_build on true
left join last_success on true
where
    last_success.catalogue_version is distinct from this_build.catalogue_version
    or reports.accepted_seq > coalesce(last_success.accepted_through, 0)
