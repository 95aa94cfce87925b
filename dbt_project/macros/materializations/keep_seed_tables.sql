{% macro postgres__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
    {#- A seed that has got new columns keeps its table, for views stand upon it: the columns are added to it.
        dbt's own way would need the table dropped. -#}
    {%- if full_refresh -%}
        {{ adapter.drop_relation(old_relation) }} {{ return(create_csv_table(model, agate_table)) }}
    {%- endif -%}
    {%- set declared = model["config"].get("column_types", {}) -%}
    {%- set there = adapter.get_columns_in_relation(old_relation) | map(attribute="name") | list -%}
    {%- for name in agate_table.column_names if name not in there -%}
        {% call statement("add_" ~ name) -%}
            alter table {{ old_relation }} add column {{ name }} {{ declared[name] }}
        {%- endcall %}
    {%- endfor -%}
    {{ adapter.truncate_relation(old_relation) }}
    {{ return("truncate table " ~ old_relation.render()) }}
{% endmacro %}
