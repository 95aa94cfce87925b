{% test is_between(model, column_name, low, high) %}
    {#- Fails with each value outside low and high; both belong to the range. -#}
    select * from {{ model }} where not {{ column_name }} between {{ low }} and {{ high }}
{% endtest %}
