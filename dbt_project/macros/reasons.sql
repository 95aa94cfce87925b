{#- Why a figure beside a target has no milestone or no trend: codes of the lists milestone_reason and trend_reason of
    code_labels. The first cause that applies; none where there is one. -#}
{% macro milestone_reason() -%}
    case
        when milestone_basis is not null
        then null
        when not has_target
        then 'no_target'
        when not is_comparable
        then 'not_comparable'
        when target_scope = 'national'
        then 'national_target'
        when kind = 'baseline'
        then 'baseline_period'
        when
            coalesce(milestone_path not in ('linear', 'constant_rate'), true)
            or effective_comparator not in ('<', '≤', '>', '≥', '=')
            or path_comparator is null
        then 'no_path'
        when baseline_value is null
        then 'no_baseline'
        else 'before_baseline'
    end
{%- endmacro %}

{% macro trend_reason() -%}
    case
        when trend_class is not null
        then null
        when not has_target
        then 'no_target'
        when not is_comparable
        then 'not_comparable'
        when target_scope = 'national'
        then 'national_target'
        when unit_level not in ('district', 'province')
        then 'below_district'
        when not has_distance
        then 'no_annual_rate'
        when not has_trend
        then 'no_direction'
        else 'target_year_reached'
    end
{%- endmacro %}
