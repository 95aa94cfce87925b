{% macro obligations_as_of() -%}
    {#- The instant that obligations are read as of: the session's, else the last build's, else now. -#}
    coalesce({{ requested_as_of() }}, (select as_of from {{ ref("int_builds__latest") }}), now())
{%- endmacro %}

{#- The functions of the schema `app` are made by a migration and inlined by the planner: Python reads by them, too. -#}
{% macro requested_as_of() -%} app.requested_as_of() {%- endmacro %}

{% macro has_as_of() -%} {{ requested_as_of() }} is not null {%- endmacro %}

{% macro values_as_of() -%}
    {#- The instant that figures are read as of: the session's, else a day after everything, so that the newest values
        are read. -#}
    app.values_as_of()
{%- endmacro %}

{% macro is_valid_as_of() -%}
    {#- Whether a version is valid at that instant: known_from is within the time, known_to is not. -#}
    app.is_valid_as_of(known_from, known_to)
{%- endmacro %}

{% macro start_of_day(day) -%}
    {#- The first instant of a day in Vietnam; of no day the beginning of time. -#}
    coalesce(({{ day }})::timestamp at time zone 'Asia/Ho_Chi_Minh', '-infinity')
{%- endmacro %}
