{% test is_unique_key(model, columns, only_changed=false) %}
    {#- Fails with each key that stands more than once; only_changed: within what this build has made again. -#}
    {%- set changed = ref("int_reports__changed") if only_changed -%}
    select {{ columns | join(", ") }}, count(*) as times
    from {{ model }}
    {% if only_changed and execute -%}
        where {{ changed_families(changed, whole_periods=true) }}
    {%- endif %}
    group by {{ columns | join(", ") }}
    having count(*) > 1
{% endtest %}
