{#- Figures, targets and milestones as a Vietnamese officer writes them: publish/formatting.py in SQL, for tools that
    read the marts; a test holds both equal. The relation has value_low, value_high, low_closed, high_closed, measure,
    hard_min and hard_max, and of the target that the figure is read against comparator, target_low, target_high,
    milestone, milestone_comparator and verdict. -#}
{% macro printed_number(value, digits) -%}
    translate(
        to_char(
            round({{ value }}, {{ digits }}),
            'FM999,999,999,999,999,999,999,990'
            || case when {{ digits }} > 0 then '.' || repeat('0', {{ digits }}) else '' end
        ),
        ',.',
        '.,'
    )
{%- endmacro %}

{% macro printed_threshold(value) -%}
    {#- A number of the plan with every digit that it has. -#}
    {{ printed_number(value, "scale(trim_scale(" ~ value ~ "))") }}
{%- endmacro %}

{% macro printed_target() -%}
    {#- "<9", "≥97", "2–3", "Có"; null where there is no target. -#}
    case
        when comparator = 'yes'
        then 'Có'
        when comparator = 'between'
        then {{ printed_threshold("target_low") }} || '–' || {{ printed_threshold("target_high") }}
        else
            replace(comparator, '=', '')
            || {{ printed_threshold("coalesce(target_low, target_high)") }}
    end
{%- endmacro %}

{% macro milestone_digits() -%}
    {#- Decimals of a milestone: rounding never carries it onto or over an end of the figure. -#}
    {{ least_digits("milestone", ["value_low", "value_high"], compared="milestone") }}
{%- endmacro %}

{% macro figure_digits(end) -%}
    {#- Decimals of an end of the figure: rounding never carries it over target or milestone, or onto the other end. -#}
    {{
        least_digits(
            end,
            [
                "case when verdict <> 'not_comparable' then target_low end",
                "case when verdict <> 'not_comparable' then target_high end",
                "round(nullif(milestone, " ~ end ~ "), milestone_digits)",
            ],
            other="value_high" if end == "value_low" else "value_low",
        )
    }}
{%- endmacro %}

{% macro least_digits(value, thresholds, compared=none, other=none) -%}
    {#- At most two without trailing zeros, more where they are needed for the order to stay as it is. compared: equal
        thresholds are left out. other: is to look different unless it is equal. -#}
    {%- set fewest = "scale(trim_scale(round(" ~ value ~ ", 2)))" -%}
    (
        select min(digits)
        from generate_series({{ fewest }}, {{ fewest }} + 12) as series(digits)
        where
            {%- for threshold in thresholds %}
                coalesce(
                    {%- if compared is not none %}{{ threshold }} = {{ compared }} or {%- endif %}
                    sign(round({{ value }}, digits) - {{ threshold }})
                    = sign({{ value }} - {{ threshold }}),
                    true
                )
                {{- " and" if not loop.last }}
            {%- endfor %}
            {%- if other is not none %}
                and coalesce(
                    {{ other }} = {{ value }}
                    or round({{ value }}, digits) <> round({{ other }}, digits),
                    true
                )
            {%- endif %}
    )
{%- endmacro %}

{% macro printed_milestone() -%}
    {#- "≥95,4", "Có"; of a range its lower end: "từ 2". -#}
    case
        when milestone_comparator = 'yes'
        then 'Có'
        else
            case
                milestone_comparator
                when 'between'
                then 'từ '
                else replace(milestone_comparator, '=', '')
            end
            || {{
                printed_number(
                    "milestone",
                    "case milestone when value_low then low_digits when value_high then high_digits"
                    ~ " else milestone_digits end",
                )
            }}
    end
{%- endmacro %}

{% macro printed_figure() -%}
    {#- 97 as "97", (96, 100] as ">96", [0, 2.6) as "<2,6", 2 to 3 as "2–3", nothing as a dash: an end that the
        indicator cannot pass says nothing. -#}
    {%- set below_it -%}
        case
            when measure in ('count', 'points', 'share') then 0 else hard_min
        end
    {%- endset -%}
    {%- set above_it -%}
        case
            measure when 'share' then 100 when 'count' then null when 'points' then null else hard_max
        end
    {%- endset -%}
    {%- set low = printed_number("value_low", "low_digits") -%}
    {%- set high = printed_number("value_high", "high_digits") -%}
    {%- set has_low = (
        "(value_low is not null and (value_low <> "
        ~ below_it
        ~ " or not low_closed) is not false)"
    ) -%}
    {%- set has_high = (
        "(value_high is not null and (value_high <> "
        ~ above_it
        ~ " or not high_closed) is not false)"
    ) -%}
    case
        when measure = 'yes_no' and value is not null
        then case value when 0 then 'Không' else 'Có' end
        when value_low = value_high
        then {{ low }}
        when {{ has_low }} and {{ has_high }} and low_closed and high_closed
        then {{ low }} || '–' || {{ high }}
        when {{ has_low }} or {{ has_high }}
        then
            concat_ws(
                ' và ',
                case
                    when {{ has_low }} then case when low_closed then '≥' else '>' end || {{ low }}
                end,
                case
                    when {{ has_high }}
                    then case when high_closed then '≤' else '<' end || {{ high }}
                end
            )
        else '–'
    end
{%- endmacro %}
