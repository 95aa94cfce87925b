{% test is_period_code(model, column_name) %}
    {#- Fails with each code that is no year, half-year, quarter or month. -#}
    select * from {{ model }} where {{ column_name }} !~ {{ period_grammar() }}
{% endtest %}
