{% macro analyze_after_build() -%}
    {#- A table that was never looked at is planned blindly until autovacuum comes by: the rollup of a national
        history then takes a hundred times as long. Tables that are refilled are small and looked at each time. -#}
    {%- if model.config.materialized == "incremental" and execute -%}
        {%- set seen = run_query(
            "select reltuples > 0 from pg_class where oid = '" ~ this ~ "'::regclass"
        ).rows -%}
        {%- if model.config.incremental_strategy == "refill" or not is_incremental() or not seen[
            0
        ][
            0
        ] -%}
            analyze {{ this }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
