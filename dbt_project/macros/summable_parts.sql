{#- What of a reported line a rollup adds up. end: "low" or "high", the end of the interval. -#}
{% macro summable_cases(end) -%}
    {#- Cases: a yes is one, a no is none; a count may be typed as the value. Of cases that are part of those among whom
        they were counted there are never more than of these. -#}
    case
        when measure = 'yes_no'
        then value_{{ end }}
        when aggregation = 'none'
        then null
        when measure = 'count' and is_primary
        then coalesce(numerator_{{ end }}, value_count_{{ end }})
        {%- if end == "high" %}
            when is_part_of_whole then least(numerator_high, denominator_high)
        {%- endif %}
        else numerator_{{ end }}
    end as cases_{{ end }}
{%- endmacro %}

{% macro summable_denominator(end) -%}
    {#- Those among whom the cases were counted; a yes or no is one of one. -#}
    case
        when is_summable and is_divided
        then denominator_{{ end }}
        when is_summable and measure = 'yes_no'
        then 1
    end as denominator_{{ end }}
{%- endmacro %}
