{#- Who reports for a unit where no agency is named: the unit itself. In Python: warehouse.catalogue.DEFAULT_AGENCY. -#}
{% macro default_agency() -%} 'UBND' {%- endmacro %}
