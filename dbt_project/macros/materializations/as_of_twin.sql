{#- What answers as of any time has a chain of its own beside the one that makes the newest rows, so that nobody who reads
    the newest pays for both. A model of the newest names its counterpart: meta.as_of_model, another model, or
    meta.as_of_seed, the view of a seed as it was recorded. Every view upon one gets a twin, of the same text and name, in the
    schema of that name with _as_of, which reads the counterparts; so has a mart that is a table. `set search_path` chooses. -#}
{% macro as_of_relation(node) -%}
    {%- set meta = node.config.meta -%}
    {%- if meta.get("as_of_seed") -%}
        {{ return(view_relation(node, "catalogue_as_of", meta["as_of_seed"])) }}
    {%- elif meta.get("as_of_model") -%}
        {{ return(view_relation(node, node.schema, meta["as_of_model"])) }}
    {%- endif -%}
    {{ return(view_relation(node, node.schema ~ "_as_of", node.alias)) }}
{%- endmacro %}

{% macro view_relation(node, schema, name) -%}
    {{
        return(
            api.Relation.create(
                database=node.database, schema=schema, identifier=name, type="view"
            )
        )
    }}
{%- endmacro %}

{% macro has_counterpart(node) -%}
    {{ return("as_of_model" in node.config.meta or "as_of_seed" in node.config.meta) }}
{%- endmacro %}

{% macro has_as_of_twin(node, known) -%}
    {#- known: what was found out already, by unique_id. -#}
    {%- if node.unique_id not in known -%}
        {%- set found = namespace(
            value=has_counterpart(node) or node.config.materialized == "stored_mart"
        ) -%}
        {#- what answers as of any time itself needs no other that does -#}
        {%- if not node.name.endswith("_as_of") and (
            node.config.materialized,
            node.schema,
        ) in [
            ("replaced_view", "intermediate"),
            ("replaced_view", "marts"),
            ("refilled_table", "marts"),
        ] -%}
            {%- for read in models_read_by(node) if has_as_of_twin(read, known) -%}
                {%- set found.value = true -%}
            {%- endfor -%}
        {%- endif -%}
        {%- do known.update({node.unique_id: found.value}) -%}
    {%- endif -%}
    {{ return(known[node.unique_id]) }}
{%- endmacro %}

{% macro models_read_by(node) -%}
    {%- set read = [] -%}
    {%- for unique_id in node.depends_on.nodes if unique_id.startswith("model.") -%}
        {%- do read.append(graph.nodes[unique_id]) -%}
    {%- endfor -%}
    {{ return(read) }}
{%- endmacro %}

{% macro as_of_sql(sql) -%}
    {#- The same query over the counterparts of what it reads. -#}
    {%- set twin = namespace(sql=sql) -%}
    {%- set known = {} -%}
    {%- for read in models_read_by(model) if has_as_of_twin(read, known) -%}
        {%- set relation = api.Relation.create(
            database=read.database, schema=read.schema, identifier=read.alias
        ) -%}
        {%- set twin.sql = twin.sql | replace(relation | string, as_of_relation(read) | string) -%}
    {%- endfor -%}
    {{ return(twin.sql) }}
{%- endmacro %}

{% macro newest_sql(sql) -%}
    {#- A mart over newest rows: who asks for another time gets an error that says where to read. -#}
    select * from ({{ sql }}) as newest where (select app.reads_newest())
{%- endmacro %}
