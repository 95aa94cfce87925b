{#- When a report is complete, once: it was accepted and has every line that its form requires. -#}
{% macro lines_required(form, counted_lines) -%}
    {#- A report without figures has no lines. counted_lines: those of its agency and level, null for none. -#}
    case when {{ form }} = 'figures' then coalesce({{ counted_lines }}, 0) else 0 end
{%- endmacro %}

{% macro is_complete(fulfilled_at, lines_reported, lines_required) -%}
    {{ fulfilled_at }} is not null and coalesce({{ lines_reported }}, 0) >= {{ lines_required }}
{%- endmacro %}
