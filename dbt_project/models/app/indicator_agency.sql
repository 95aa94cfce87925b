-- indicator_agency.sql: one row per indicator and agency that reports it; without a row of the
-- plan's own the unit itself does
{{ config(tags=["catalogue"]) }}

select programme_code, indicator_code, agency_code, is_required, is_figure, score_role
from {{ ref("int_indicators__assigned") }}
