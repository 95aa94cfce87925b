{#- Keys of the database: meta.primary_key, columns; meta.foreign_keys, by the mart that is referred to its key.
    Tools draw their joins by them. -#}
{% macro create_missing_keys(target, node) -%}
    {%- set primary = node.config.meta.get("primary_key") -%}
    {%- if primary and not has_constraint(target, "p") -%}
        {%- do query(
            "alter table " ~ target ~ " add primary key (" ~ primary | join(", ") ~ ")"
        ) -%}
    {%- endif -%}
    {%- for mart, columns in node.config.meta.get("foreign_keys", {}).items() -%}
        {%- set referred = api.Relation.create(
            database=target.database, schema=target.schema, identifier=mart
        ) -%}
        {%- if not has_constraint(target, "f", referred) -%}
            {%- do query(
                "alter table " ~ target ~ " add foreign key (" ~ columns
                | join(", ") ~ ") references " ~ referred ~ " deferrable"
            ) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}

{% macro has_constraint(target, kind, referred=none) -%}
    {{
        return(
            query(
                "select 1 from pg_constraint where contype = '"
                ~ kind
                ~ "' and conrelid = '"
                ~ target
                ~ "'::regclass"
                ~ (
                    " and confrelid = '" ~ referred ~ "'::regclass"
                    if referred is not none
                )
            )
            | length
            > 0
        )
    }}
{%- endmacro %}

{% macro release_foreign_keys_to(target, content) -%}
    {#- Before other rows are loaded. Where every key stays, what refers to it is looked at when all rows are there. What
        refers to one that goes is made again in the same build, and gets its key back then: only for that somebody who
        reads both tables has to be waited for. -#}
    {%- set keys = model.config.meta.get("primary_key", []) | join(", ") -%}
    {%- if keys -%}
        do $release$
        declare
            refers record;
        begin
            if not exists (
                select {{ keys }} from {{ target }} except select {{ keys }} from {{ content }}
            ) then
                set constraints all deferred;
                return;
            end if;
            for refers in
                select conrelid::regclass as relation, conname
                from pg_constraint
                where contype = 'f' and confrelid = '{{ target }}'::regclass
            loop
                execute format(
                    'alter table %s drop constraint %I', refers.relation, refers.conname
                );
            end loop;
        end
        $release$;
    {%- endif -%}
{%- endmacro %}
