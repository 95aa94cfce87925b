{% materialization refilled_table, adapter = "postgres" %}
    {#- A table made of the catalogue and the map alone: all rows anew in one transaction, in the table that is there.
        The hash of its rows is kept with them; equal rows are not written again, and nobody builds upon them again. -#}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type="table") -%}
    {%- set content = make_temp_relation(target) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if is_made_anew(existing) -%}
        {% call statement("main") -%} {{ replace_table(existing, target, sql) }} {%- endcall %}
        {%- do create_missing_indexes(target) -%}
        {%- do query(
            "select ops.record_contents('"
            ~ relation_name(target)
            ~ "', '"
            ~ target
            ~ "')"
        ) -%}
        {%- do query("analyze " ~ target) -%}
        {%- do create_missing_keys(target, model) -%}
    {%- else -%}
        {%- do create_missing_indexes(existing) -%}
        {%- do query(create_table_as(True, content, sql)) -%}
        {%- set columns = quoted_columns(content, existing) -%}
        {%- set is_other = query(
            "select ops.record_contents('"
            ~ relation_name(target)
            ~ "', '"
            ~ content
            ~ "')"
        )[0][0] -%}
        {% call statement("main") -%}
            {%- if is_other %}
                {{ release_foreign_keys_to(target, content) }}
                delete from {{ target }}
                ;
                insert into {{ target }} ({{ columns }}) select {{ columns }} from {{ content }};
                analyze {{ target }}
                ;
            {%- endif %}
            drop table {{ content }};
        {%- endcall %}
        {%- do create_missing_keys(target, model) -%}
    {%- endif -%}
    {%- if not has_counterpart(model) and has_as_of_twin(model, {}) -%}
        {%- set twin = as_of_relation(model) -%}
        {%- do query(replace_view_sql(twin, as_of_sql(sql))) -%}
        {%- do persist_docs(twin, model) -%}
        {%- do query("select ops.refuse_other_times('" ~ target ~ "')") -%}
    {%- endif -%}
    {{ return(finish(existing, target)) }}
{% endmaterialization %}
