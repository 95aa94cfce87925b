{% test is_foreign_key(model, columns, to, fields=none, exempt=[]) %}
    {#- Fails with each row whose columns are filled and are in no row of `to`. fields: the columns of `to`, the same
        ones unless named; exempt: values of the last column that refer to nothing. -#}
    {%- set fields = fields or columns %}
    select child.*
    from {{ model }} as child
    where
        {% for column in columns %} child.{{ column }} is not null and {% endfor %}
        {% for value in exempt %}
            child.{{ columns[-1] }} <> '{{ value }}' and {% endfor %} not exists (
            select
            from {{ to }} as parent
            where
                {% for column in columns %}
                    parent.{{ fields[loop.index0] }} = child.{{ column }}
                    {%- if not loop.last %} and {% endif %}
                {% endfor %}
        )
{% endtest %}
