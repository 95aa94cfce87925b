{#- UNICEF's average annual rate of reduction (AARR). What is to shrink is called the distance: the figure itself where
    lower is better, what is missing to the whole where higher is better. Its regression is ln(distance) = a + b·t.
    Rates are shares a year (0.0209 is 2.09 %), to ten digits: a series that is exactly as fast as required must not
    miss it by the noise of a logarithm. -#}
{% macro distance(value, direction, ceiling) -%}
    case {{ direction }} when 'down' then {{ value }} when 'up' then {{ ceiling }} - {{ value }} end
{%- endmacro %}

{% macro annual_rate_of_reduction(log_slope) -%}
    round((1 - exp({{ log_slope }}::float8))::numeric, 10)
{%- endmacro %}

{% macro required_rate_of_reduction(distance_now, distance_at_target, years) -%}
    {#- 1 − (T ÷ y)^(1 ÷ n). No constant rate reaches zero: a goal of none or of all requires the rate 1. -#}
    round(
        (
            1 - power(
                (greatest({{ distance_at_target }}, 0) / {{ distance_now }})::float8,
                (1 / {{ years }})::float8
            )
        )::numeric,
        10
    )
{%- endmacro %}

{% macro projected(value, log_slope, years, direction, ceiling) -%}
    {#- y·(1 − AARR)^n on the distance, never beyond what a share can be. The exponent is kept to what a double can
        hold: figures of two neighbouring months may differ ten thousandfold. -#}
    {%- set factor = (
        "exp(greatest(least("
        ~ log_slope
        ~ " * "
        ~ years
        ~ ", 200), -200)::float8)::numeric"
    ) -%}
    round(
        case
            {{ direction }}
            when 'down'
            then least({{ value }} * {{ factor }}, {{ ceiling }})
            when 'up'
            then greatest({{ ceiling }} - ({{ ceiling }} - {{ value }}) * {{ factor }}, 0)
        end,
        10
    )
{%- endmacro %}
