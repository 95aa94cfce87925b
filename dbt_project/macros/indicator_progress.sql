{% macro indicator_progress(boundary_basis) -%}
    {#- One row per programme, indicator, period and unit of a map: the figure in the measure that the plan sets at its
        level, and the target that decides for it. A unit that owes a report has its rows
        from the beginning of the period. Points are
        in the tables of scores.

        Figures, targets and what is owed are rows of one union, brought together by windows over the key: they are
        large views, which a join may make again for every row, and a filter on the key reaches all of them. -#}
    {%- set is_current = boundary_basis == "current" -%}
    {%- set key = [
        "programme_code",
        "indicator_code",
        "period",
        "unit_id",
        "unit_code",
        "unit_level",
        "measure",
    ] -%}
    {%- set figure = {
        "numerator": "numeric",
        "denominator": "numeric",
        "value": "numeric",
        "value_low": "numeric",
        "value_high": "numeric",
        "low_closed": "boolean",
        "high_closed": "boolean",
        "units_expected": "integer",
        "units_reporting": "integer",
        "coverage_pct": "numeric",
        "is_provisional": "boolean",
        "is_estimated": "boolean",
        "is_made_up": "boolean",
    } -%}
    {%- set target = {
        "target_scope": "text",
        "target_year": "integer",
        "comparator": "text",
        "target_low": "numeric",
        "target_high": "numeric",
        "verdict": "text",
        "is_exceeded": "boolean",
        "gap": "numeric",
        "milestone": "numeric",
        "milestone_comparator": "text",
        "milestone_verdict": "text",
        "milestone_reason": "text",
        "trend_class": "text",
        "trend_reason": "text",
        "acceleration": "numeric",
        "projected_value": "numeric",
    } -%}
    {%- set compared = [
        "value_low",
        "value_high",
        "low_closed",
        "high_closed",
        "units_expected",
    ] -%}
    {%- set owed = dict(
        low_closed="true",
        high_closed="true",
        units_expected="1",
        units_reporting="0",
        coverage_pct="0",
        is_provisional="true",
        is_estimated="false",
        is_made_up="false",
    ) -%}
    with
        rollups as (select * from {{ ref("fct_indicator_rollup") }} where measure <> 'points'),

        targets as (select * from {{ ref("fct_target_progress") }} where is_main_target),

        begun as (
            select programme_code, period
            from {{ ref("dim_period") }}
            where data_from <= (select as_of_on from {{ ref("dim_snapshot") }})
        ),

        obligations as (
            select *
            from {{ ref("fct_report_obligation") }}
            where
                status <> 'exempt'
                and (programme_code, period) in (select programme_code, period from begun)
        ),

        assigned as (select * from {{ ref("dim_indicator_agency") }} where is_figure),

        units as (select * from {{ ref("dim_org_unit") }} where is_current),

        measures as (select * from {{ ref("dim_indicator_measure") }}),

        -- a level that the plan has no measure for shows that of the nearest level it speaks of
        measures_by_level as (
            select distinct
                on (measures.programme_code, measures.indicator_code, levels.unit_level)
                measures.programme_code,
                measures.indicator_code,
                levels.unit_level,
                measures.measure
            from measures
            cross join
                unnest(array['commune', 'district', 'province', 'unallocated']) as levels(
                    unit_level
                )
            order by
                measures.programme_code,
                measures.indicator_code,
                levels.unit_level,
                measures.unit_level <> levels.unit_level,
                array_position(array['province', 'district', 'commune'], measures.unit_level)
        ),

        sources as (
            select
                {{ key | join(", ") }},
                {{ figure | join(", ") }},
                {%- for column, type in target.items() %}
                    null::{{ type }} as {{ column }},
                {%- endfor %}
                boundary_basis as source
            from rollups
            {%- if not is_current %} where boundary_basis = 'as_reported' {%- endif %}
            union all
            select
                {{ key | join(", ") }},
                {%- for type in figure.values() %} null::{{ type }}, {%- endfor %}
                {{ target | join(", ") }},
                'target'
            from targets
            union all
            select
                obligations.programme_code,
                assigned.indicator_code,
                obligations.period,
                obligations.unit_id,
                obligations.unit_code,
                obligations.unit_level,
                measures_by_level.measure,
                {%- for column, type in figure.items() %}
                    {{ owed.get(column, "null") }}::{{ type }},
                {%- endfor %}
                {%- for type in target.values() %} null::{{ type }}, {%- endfor %}
                'owed'
            from obligations
            inner join
                assigned
                on assigned.programme_code = obligations.programme_code
                and assigned.agency_code = obligations.agency_code
            inner join
                measures_by_level
                on measures_by_level.programme_code = obligations.programme_code
                and measures_by_level.indicator_code = assigned.indicator_code
                and measures_by_level.unit_level = obligations.unit_level
                and measures_by_level.measure <> 'points'
            {%- if is_current %}
                where obligations.unit_id in (select unit_id from units)
            {%- endif %}
        ),

        joined as (
            select
                {{ key | join(", ") }},
                {{ figure | join(", ") }},
                source,
                bool_or(source = '{{ boundary_basis }}') over of_figure as is_reported,
                bool_or(source = 'target') over of_figure as is_main_target,
                -- a figure that restating has changed is another than the one that was compared
                {% if is_current -%}
                    coalesce(bool_or(source = 'as_reported') over of_figure, false)
                    {%- for column in compared %}
                        and {%- if figure[column] == "boolean" %} bool_or({{ column }})
                        {%- else %} max({{ column }})
                        {%- endif %} filter (where source = 'as_reported') over of_figure
                        is not distinct from {{ column }}
                    {%- endfor %}
                {%- else -%} true
                {%- endif %} as is_compared,
                {%- for column, type in target.items() %}
                    {{ "bool_or" if type == "boolean" else "max" }} ({{ column }}) over of_figure
                    as {{ column }} {{- "," if not loop.last }}
                {%- endfor %}
            from sources
            window of_figure as (partition by {{ key | join(", ") }})
        ),

        -- looked up in a hash of a small table, as a join would not be
        chosen as (
            select
                *,
                (programme_code, indicator_code, unit_level, measure) in (
                    select programme_code, indicator_code, unit_level, measure
                    from measures_by_level
                ) as is_plan_measure
            from joined
            where source = '{{ boundary_basis }}' or (source = 'owed' and not is_reported)
        )

    select
        {{ key | join(", ") }},
        {{ figure | join(", ") }},
        {%- for column in target if column not in ("verdict", "milestone_reason", "trend_reason") %}
            case when is_reported and is_compared then {{ column }} end as {{ column }},
        {%- endfor %}
        is_reported and is_compared and is_main_target as is_main_target,
        case
            when not is_reported
            then 'no_data'
            when not is_compared
            then 'restated'
            else coalesce(verdict, 'no_target')
        end as verdict,
        {%- for column in ("milestone_reason", "trend_reason") %}
            case
                when not is_reported
                then 'not_reported'
                when not is_compared
                then 'restated'
                when not is_main_target
                then 'no_target'
                else {{ column }}
            end as {{ column }} {{- "," if not loop.last }}
        {%- endfor %}
    from chosen
    where is_plan_measure
{%- endmacro %}
