-- int_unit_plans__recorded.sql: one row per plan of a unit or an agency, as it is recorded now;
-- its twin has what was
-- recorded at the session's time
{{ config(materialized="replaced_view", meta={"as_of_seed": "unit_plans"}) }}
select *
from {{ ref("unit_plans") }}
