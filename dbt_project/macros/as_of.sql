{% macro obligations_as_of() -%}
    {#- The instant that obligations are read as of: the session's, else the last build's, else now. -#}
    coalesce({{ requested_as_of() }}, (select as_of from {{ ref("int_builds__latest") }}), now())
{%- endmacro %}

{% macro promises_as_of() -%}
    {#- The instant that targets and classes are in force at: the session's, else that of the newest load of the
        catalogue, which comes again on the day from which a revision is in force. -#}
    coalesce(
        {{ requested_as_of() }}, (select as_of from {{ ref("int_catalogue_loads__latest") }}), now()
    )
{%- endmacro %}

{% macro in_force(rows, key) -%}
    {#- Of the rows of a key the newest whose day has come: those of today and of an earlier time. -#}
    select distinct on ({{ key | join(", ") }}) *
    from {{ rows }}
    where {{ start_of_day("valid_from") }} <= {{ promises_as_of() }}
    order by {{ key | join(", ") }}, valid_from desc nulls last
{%- endmacro %}

{% macro as_recorded(seed) -%}
    {#- A seed of the catalogue as it was recorded at the session's time: a view that the load of the seed makes. -#}
    {{ ref(seed).incorporate(path={"schema": "catalogue_as_of"}) }}
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
