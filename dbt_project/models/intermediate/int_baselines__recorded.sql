-- int_baselines__recorded.sql: one row per baseline that a plan states, as it is recorded now;
-- its twin has what was
-- recorded at the session's time
{{ config(materialized="replaced_view", meta={"as_of_seed": "baselines"}) }}
select *
from {{ ref("baselines") }}
