{#- docs/dbt.md says why we have materialisations of our own: dbt's view swaps a view for a new one and drops the old
    with CASCADE, and with it every view that an office has made for itself upon the marts. -#}
{% materialization replaced_view, adapter = "postgres" %}
    {#- Replaced in place, and only where its definition has changed: a reader's query is not waited for in vain. Where
        its columns were renamed, retyped or taken away it is made anew. -#}
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
    {%- set has_twin = not has_counterpart(model) and has_as_of_twin(model, {}) -%}
    {%- set is_guarded = has_twin and model.schema == "marts" -%}
    {% call statement("main") -%}
        {{ replace_view_sql(target, newest_sql(sql) if is_guarded else sql) }}
    {%- endcall %}
    {%- if has_twin -%}
        {%- set twin = as_of_relation(model) -%}
        {%- do query(replace_view_sql(twin, as_of_sql(sql))) -%}
        {%- do persist_docs(twin, model) -%}
    {%- endif -%}
    {%- do apply_grants(target, config.get("grants"), should_revoke=False) -%}
    {%- do persist_docs(target, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({"relations": [target]}) }}
{% endmaterialization %}

{% macro replace_view_sql(target, sql) -%}
    {%- set candidate = make_temp_relation(target) -%}
    do $replace$
    begin
        create temporary view {{ candidate }} as (
            {{ sql }}
        );
        if pg_get_viewdef(to_regclass('{{ target }}'))
            is distinct from pg_get_viewdef(to_regclass('{{ candidate }}'))
        then
            begin
                create or replace view {{ target }} as (
                    {{ sql }}
                );
            exception when invalid_table_definition then
                drop view {{ target }} cascade;
                create view {{ target }} as (
                    {{ sql }}
                );
            end;
        end if;
        drop view {{ candidate }};
    end
    $replace$;
    select
        ops.record_definition(
            '{{ relation_name(target) }}', ops.definition_of('{{ target }}'::regclass)
        )
    ;
{%- endmacro %}
