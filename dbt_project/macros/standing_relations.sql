{#- A relation that stands is never dropped by a build: dbt's own way swaps it for a new one and drops the old with
    CASCADE, and with it every view that an office has made for itself upon the marts. -#}
{% materialization view, adapter = "postgres" %}
    {#- Replaced in place. Only where its columns were renamed, retyped or taken away is it made anew. -#}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type="view") -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if existing is not none and not existing.is_view -%}
        {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}
    {%- if config.get("contract").enforced -%}
        {%- do get_assert_columns_equivalent(sql) -%}
    {%- endif -%}
    {% call statement("main") -%}
        do $standing$
        begin
            create or replace view {{ target }} as (
                {{ sql }}
            );
        exception when invalid_table_definition then
            drop view {{ target }} cascade;
            create view {{ target }} as (
                {{ sql }}
            );
        end
        $standing$;
    {%- endcall %}
    {%- do apply_grants(target, config.get("grants"), should_revoke=False) -%}
    {%- do persist_docs(target, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({"relations": [target]}) }}
{% endmaterialization %}

{% macro get_incremental_refill_sql(arg_dict) -%}
    {#- The incremental strategy "refill": all rows anew in one transaction, in the table that stands. -#}
    {%- set columns = arg_dict["dest_columns"] | map(attribute="quoted") | join(", ") -%}
    delete from {{ arg_dict["target_relation"] }}
    ;
    insert into {{ arg_dict["target_relation"] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict["temp_relation"] }};
{%- endmacro %}
