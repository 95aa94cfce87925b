{% test is_grain(model, columns, nullable=[], published_with=none) %}
    {#- Fails with each key that occurs more than once, and with each key that lacks a column that it needs. The key
        is the model's grain (config.meta.grain), its columns never empty save those named as nullable. A mart is read
        whole for it: builds leave these tests out (tag grain), and the tests of the project run them.
        published_with: the mart whose build fills this one; the test waits for it. -#}
    {{ config(tags=["grain"]) }}
    select {{ columns | join(", ") }}, count(*) as occurrences
    from {{ model }}
    group by {{ columns | join(", ") }}
    having
        count(*) > 1
        {%- for column in columns if column not in nullable %} or {{ column }} is null {%- endfor %}
{% endtest %}
