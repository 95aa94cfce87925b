{#- docs/dbt.md says why we have materialisations of our own: dbt's view swaps a view for a new one and drops the old
    with CASCADE, and with it every view that an office has made for itself upon the marts. -#}
{% materialization replaced_view, adapter = "postgres" %}
    {#- Replaced in place, and only where its definition has changed: a reader's query is not waited for in vain. Where
        its columns were renamed, retyped or taken away it is made anew. -#}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type="view") -%}
    {%- set candidate = make_temp_relation(target) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if existing is not none and not existing.is_view -%}
        {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}
    {%- if config.get("contract").enforced -%}
        {%- do get_assert_columns_equivalent(sql) -%}
    {%- endif -%}
    {% call statement("main") -%}
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
                '{{ relation_name(target) }}', pg_get_viewdef('{{ target }}'::regclass)
            )
        ;
    {%- endcall %}
    {%- do apply_grants(target, config.get("grants"), should_revoke=False) -%}
    {%- do persist_docs(target, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({"relations": [target]}) }}
{% endmaterialization %}
