-- int_submission_status__history.sql: one row per report and half-open time between two
-- decisions, with the status of the report in it, until now
-- Stored, but of a period about which something was decided since the last build: those are
-- computed anew.
{{ config(materialized="replaced_view") }}

select *
from {{ ref("int_submission_status__unchanged") }}
union all
select *
from {{ ref("int_submission_status__recomputed") }}
