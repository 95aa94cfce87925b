-- reporting_period.sql: one row per programme and period, with the first and the last day of its
-- data window
{{ config(tags=["catalogue"]) }}

select programme_code, period, kind, data_from, data_to
from {{ ref("int_periods__with_window") }}
