-- rpt_changes.sql: one row per reported figure and time at which a later report of its unit
-- changed,
-- added or withdrew it, with the file that did
-- A later report that repeats the figure changes nothing, and the first report of a unit adds
-- nothing to an earlier one: neither has a row.
{%- set key = ["programme_code", "indicator_code", "period", "unit_id", "agency_code"] %}
{%- set content = [
    "value_status",
    "numerator",
    "denominator",
    "value",
    "value_low",
    "value_high",
] %}
with
    figures as (select * from {{ ref("fct_reported_value") }}),

    submissions as not materialized(select * from {{ ref("dim_submission") }}),

    versions as (
        select
            *,
            lag(known_to) over of_figure = known_from as has_previous,
            lead(known_from) over of_figure = known_to as has_next,
            {% for column in content + ["submission_id"] -%}
                lag({{ column }}) over of_figure as previous_{{ column }},
            {% endfor -%}
            min(known_from) over of_report as first_known_from
        from figures
        window
            of_figure as (partition by {{ key | join(", ") }} order by known_from),
            of_report as (partition by programme_code, period, unit_id, agency_code)
    ),

    steps as (
        select
            {{ key | join(", ") }},
            known_from as changed_at,
            unit_code,
            measure,
            is_made_up,
            case when has_previous then 'replaced' else 'added' end as figure_change,
            {% for column in content -%}
                case when has_previous then previous_{{ column }} end as old_{{ column }},
                {{ column }} as new_{{ column }},
            {% endfor -%}
            submission_id,
            case when has_previous then previous_submission_id end as old_submission_id
        from versions
        where
            known_from > first_known_from
            and (
                has_previous is not true
                or (
                    {%- for column in content %}
                        previous_{{ column }} is distinct from {{ column }}
                        {{- " or" if not loop.last }}
                    {%- endfor %}
                )
            )
        union all
        select
            {{ key | join(", ") }},
            known_to,
            unit_code,
            measure,
            is_made_up,
            'withdrawn',
            {% for column in content -%} {{ column }}, null, {% endfor -%}
            -- of several reports that were accepted at one time the last to be received
            (
                select cause.submission_id
                from submissions as cause
                where
                    cause.programme_code = versions.programme_code
                    and cause.period = versions.period
                    and cause.unit_id = versions.unit_id
                    and cause.agency_code = versions.agency_code
                    and cause.decided_at = versions.known_to
                    and cause.status <> 'rejected'
                order by cause.received_at desc
                limit 1
            ),
            submission_id
        from versions
        where known_to is not null and has_next is not true
    ),

    programmes as (select * from {{ ref("dim_programme") }}),

    indicators as (select * from {{ ref("dim_indicator") }}),

    periods as (select * from {{ ref("dim_period") }}),

    units as not materialized(select * from {{ ref("dim_org_unit") }} where is_latest_version),

    provinces as (
        select * from {{ ref("dim_org_unit") }} where is_latest_version and unit_level = 'province'
    ),

    labels as (select * from {{ ref("dim_code_label") }})

select
    steps.{{ key | join(", steps.") }},
    steps.changed_at,
    (steps.changed_at at time zone 'Asia/Ho_Chi_Minh')::date as changed_on,
    steps.unit_code,
    programmes.programme_name,
    indicators.name_vi as indicator_name,
    indicators.sort_order as indicator_sort_order,
    units.unit_name,
    units.unit_sort_key,
    units.unit_level,
    provinces.unit_code as province_code,
    provinces.unit_name as province_name,
    periods.data_from,
    periods.data_to,
    steps.measure,
    steps.figure_change,
    kinds.label_vi as figure_change_vi,
    {% for column in content -%} steps.old_{{ column }}, steps.new_{{ column }}, {% endfor -%}
    steps.new_value - steps.old_value as value_change,
    steps.submission_id,
    causes.submission_type,
    types.label_vi as submission_type_vi,
    causes.file_name,
    causes.received_at,
    steps.old_submission_id,
    replaced.file_name as old_file_name,
    steps.is_made_up,
    periods.is_latest as is_latest_period
from steps
left join submissions as causes on causes.submission_id = steps.submission_id
left join submissions as replaced on replaced.submission_id = steps.old_submission_id
left join programmes on programmes.programme_code = steps.programme_code
left join
    indicators
    on indicators.programme_code = steps.programme_code
    and indicators.indicator_code = steps.indicator_code
left join periods on periods.programme_code = steps.programme_code and periods.period = steps.period
left join units on units.unit_id = steps.unit_id
left join provinces on provinces.unit_id = units.province_id
left join labels as kinds on kinds.code_list = 'figure_change' and kinds.code = steps.figure_change
left join
    labels as types on types.code_list = 'submission_type' and types.code = causes.submission_type
