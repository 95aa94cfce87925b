{% macro keep_statistics() -%}
    {#- A new table has no statistics until autovacuum comes by, and the next model would be planned blindly. -#}
    {%- if model.config.materialized in ("table", "incremental") and not is_incremental() -%} analyze {{ this }}
    {%- endif -%}
{%- endmacro %}
