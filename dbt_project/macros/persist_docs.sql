{% macro postgres__persist_docs(relation, model, for_relation, for_columns) -%}
    {#- Writes the comments that differ, in one statement. dbt's own looks up the columns of each relation twice and sends
        every comment again: a seventh of a build that changes nothing. -#}
    {%- set columns = {} -%}
    {%- if for_columns and config.persist_column_docs() -%}
        {%- for column in model.columns.values() if column.description -%}
            {%- do columns.update({column.name: column.description}) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set is_described = for_relation and config.persist_relation_docs() and model.description -%}
    {%- set description = {"of": model.description if is_described else none} -%}
    {%- do run_query(comments_sql(relation, tojson(description), tojson(columns))) -%}
{%- endmacro %}

{% macro comments_sql(relation, description, columns) -%}
    do $comments$
    declare
        relation constant regclass := '{{ relation }}';
        described record;
    begin
        for described in
            select '{{ relation.type }} {{ relation }}' as named, found.text
            from jsonb_each_text($texts${{ description }}$texts$) as found(name, text)
            where found.text is distinct from obj_description(relation, 'pg_class')
            union all
            select format('column {{ relation }}.%I', found.name), found.text
            from jsonb_each_text($texts${{ columns }}$texts$) as found(name, text)
            join
                pg_attribute
                on attrelid = relation
                and attname = found.name
                and attnum > 0
                and not attisdropped
            where found.text is distinct from col_description(relation, attnum)
        loop
            execute format('comment on %s is %L', described.named, described.text);
        end loop;
    end
    $comments$
{%- endmacro %}
