-- int_rollups__computed.sql: one row per indicator, measure, period, unit and basis, with the
-- figure and its coverage
-- A unit with reports owed below it has the figure made from them; any other unit has the one that
-- it reported itself.
{{ config(materialized="replaced_view") }}

select *
from {{ ref("int_rollups__from_below") }}
union all
select *
from {{ ref("int_rollups__own") }}
