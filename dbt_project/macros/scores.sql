{% macro is_of_a_score_sheet() -%}
    {#- Of a programme and a period that units are scored for. Arrays go down into the views of the values, whose index
        begins with these two columns; with the programmes alone the planner reads every value there is. -#}
    programme_code = any(array(select programme_code from sheets))
    and period = any(array(select distinct period from required))
{%- endmacro %}

{#- The arithmetic of a score sheet, once. -#}
{% macro capped_points(points, max_points) -%}
    {#- A line gives no more than its maximum; a deduction takes no more than its own, which is negative.
        What is not known stays so, and where no maximum is known nothing is cut. -#}
    case
        when {{ points }} is null
        then null
        when {{ max_points }} < 0
        then greatest({{ points }}, {{ max_points }})
        else least({{ points }}, {{ max_points }})
    end
{%- endmacro %}

{% macro points_with_children(points) -%}
    case
        when lines.points_rule = 'sum'
        then {{ capped_points("below." ~ points, "lines.max_points") }}
        else lines.{{ points }}
    end as {{ points }}
{%- endmacro %}

{% macro bounds_with_children(points) -%}
    {#- A sum is within its maximum even where the lines below it have none. -#}
    coalesce(
        case
            when lines.points_rule = 'sum'
            then {{ capped_points("below." ~ points, "lines.max_points") }}
            else lines.{{ points }}
        end,
        case when lines.points_rule = 'sum' then lines.max_points end
    ) as {{ points }}
{%- endmacro %}

{% macro sum_if_all_known(points) -%}
    {#- What all can come to is known only where it is known of each. -#}
    case when count({{ points }}) = count(*) then sum({{ points }}) end as {{ points }}
{%- endmacro %}

{% macro codes_in_state(state) -%}
    string_agg(code, ', ' order by sort_order, code) filter (
        where state = '{{ state }}'
    ) as {{ state }}_codes
{%- endmacro %}

{% macro state_of_criterion() -%}
    {#- Whether a line of indicators was met, over its evidence; a re-score comes first, and may leave it short. -#}
    case
        when min(submitted.verified_points) = 0
        then 'failed'
        when min(submitted.verified_points) < min(required.max_points)
        then 'short'
        when min(submitted.verified_points) is not null
        then 'met'
        when bool_or(evidence.state = 'failed')
        then 'failed'
        when bool_or(evidence.state = 'open')
        then 'open'
        when bool_or(evidence.state = 'met')
        then 'met'
        when bool_or(evidence.state = 'excluded')
        then 'excluded'
        when bool_or(evidence.state = 'not_applicable')
        then 'not_applicable'
        else 'open'
    end
{%- endmacro %}

{% macro state_by_rule(result) -%}
    {#- What a row of zero_base_rules makes of evidence; without a row it is open. -#}
    case {{ result }} when 'not_met' then 'failed' else coalesce({{ result }}, 'open') end
{%- endmacro %}

{% macro state_for_other_lines() -%}
    {#- What a line of indicators is to the lines that read it: one short of its points is neither all nor nothing. -#}
    case
        when targets.state in ('excluded', 'not_applicable')
        then {{ state_by_rule("required.nothing_occurred_result") }}
        when targets.state <> 'short'
        then targets.state
        when required.points_rule = 'all_criteria_met'
        then 'failed'
        else 'met'
    end
{%- endmacro %}

{% macro computed_points() -%}
    {#- What a line's rule gives: all or nothing for what is to be met, so much for each failure. Nothing is known while
        evidence that could change it is open. -#}
    case
        when required.points_rule in ('indicators_met', 'all_criteria_met')
        then
            case
                when tallied.failed > 0
                then 0
                when tallied.open = 0 and tallied.met > 0
                then required.max_points
            end
        when required.points_rule like 'each%'
        then
            case
                when tallied.failed > 0
                then required.points_each * tallied.failed
                when coalesce(tallied.open, 0) = 0
                then 0
            end
    end
{%- endmacro %}

{% macro score_reason() -%}
    {#- One code for why a line counts nothing, zero, or is in doubt; empty where there is nothing to say. -#}
    case
        when is_excluded
        then 'excluded'
        when counted_points is null
        then
            case
                when has_inexact
                then 'undetermined'
                when points_rule = 'reported' and verification = 'required'
                then 'not_verified'
                when points_rule = 'reported' or lacks_data
                then 'not_reported'
                when points_rule like 'each\_report\_%'
                then 'not_due'
                when open_codes is not null
                then 'undetermined'
                else 'not_applicable'
            end
        when kind = 'deduction'
        then
            case
                when counted_points = 0 or verified_points is not null or points_rule = 'reported'
                then null
                when points_rule like 'each\_report\_%'
                then 'late_or_missing'
                else 'criteria_failed'
            end
        when counted_points = 0
        then
            case
                when verified_points is not null or points_rule = 'reported'
                then 'scored_zero'
                when points_rule = 'indicators_met'
                then 'not_met'
                else 'criteria_failed'
            end
        when not is_met
        then 'not_met'
        when requires_met and is_met is null
        then 'met_unknown'
        when max_points is null
        then 'points_unknown'
    end
{%- endmacro %}
