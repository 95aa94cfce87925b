{% macro reporting_rates() -%}
    {#- The four rates from the counts beside them; on time counts only what has a dated deadline. -#}
    app.percentage(reports_submitted, obligations) as submitted_pct,
    app.percentage(reports_on_time, obligations_dated) as on_time_pct,
    app.percentage(reports_accepted, obligations) as accepted_pct,
    app.percentage(reports_complete, obligations) as complete_pct
{%- endmacro %}
