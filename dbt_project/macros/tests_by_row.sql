{#- dbt's own tests name the values that fail; ours the whole rows, so that a build can see whose programme fails and
    holds no other (docs/dbt.md). -#}
{% macro postgres__test_not_null(model, column_name) -%}
    select * from {{ model }} where {{ column_name }} is null
{%- endmacro %}

{% macro postgres__test_accepted_values(model, column_name, values, quote=True) -%}
    select *
    from {{ model }}
    where
        {{ column_name }} not in (
            {%- for value in values %}
                {{ "'" ~ value ~ "'" if quote else value }}{{ "," if not loop.last }}
            {%- endfor %}
        )
{%- endmacro %}

{% macro postgres__test_relationships(model, column_name, to, field) -%}
    with
        child as (select * from {{ model }} where {{ column_name }} is not null),

        parent as (select {{ field }} as to_field from {{ to }})

    select child.*
    from child
    left join parent on parent.to_field = child.{{ column_name }}
    where parent.to_field is null
{%- endmacro %}
