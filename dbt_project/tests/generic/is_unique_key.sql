{% test is_unique_key(model, columns) %}
    {#- Fails with each key that occurs more than once. -#}
    select {{ columns | join(", ") }}, count(*) as times
    from {{ model }}
    group by {{ columns | join(", ") }}
    having count(*) > 1
{% endtest %}
