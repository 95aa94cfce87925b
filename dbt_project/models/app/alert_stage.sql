-- alert_stage.sql: one row per programme, last day in time, stage of the alert ladder and
-- audience, with the day from which the stage is due
{{ config(tags=["catalogue"]) }}

select programme_code, last_on_time_on, stage, audience, sort_order, fires_on
from {{ ref("int_alert_stages__scheduled") }}
