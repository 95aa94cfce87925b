{% macro reporting_rates() -%}
    {#- The four rates from the counts beside them; on time counts only what has a dated deadline. -#}
    reports_submitted * 100.0 / obligations as submitted_pct,
    reports_on_time * 100.0 / nullif(obligations_dated, 0) as on_time_pct,
    reports_accepted * 100.0 / obligations as accepted_pct,
    reports_complete * 100.0 / obligations as complete_pct
{%- endmacro %}
