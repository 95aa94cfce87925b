-- int_indicators__recorded.sql: one row per programme and indicator, as it is recorded now; its
-- twin has what was
-- recorded at the session's time
{{ config(materialized="replaced_view", meta={"as_of_seed": "indicators"}) }}
select *
from {{ ref("indicators") }}
