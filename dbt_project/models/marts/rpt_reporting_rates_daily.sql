-- rpt_reporting_rates_daily.sql: one row per programme, period, unit and day, with the rates of
-- rpt_reporting_rates at the end of the day
-- The days begin 30 days before the first last day in time, or with the first verdict; they end 30
-- days after the last one, or with the last verdict, and never after the session's as-of time.
-- Nothing changes on the days that have no row.
{%- set counts = ("obligations", "dated", "submitted", "on_time", "accepted", "complete") %}
{%- set names = dict(dated="obligations_dated", obligations="obligations") %}
{%- set ancestor = "ancestors.ancestor_id, ancestors.ancestor_code, ancestors.ancestor_level" %}
{%- set key = "programme_code, period, ancestor_id, ancestor_code, ancestor_level" %}
with
    as_of as (select ({{ obligations_as_of() }} at time zone 'Asia/Ho_Chi_Minh')::date as today),

    -- read more than once: the planner has to see through to the programme and period that are read
    changes as not materialized(select * from {{ ref("fct_obligation_change") }}),

    ancestors as (select * from {{ ref("bridge_org_unit_ancestor") }}),

    event_dates as (
        select
            programme_code,
            period,
            last_on_time_on - 30 as first_on,
            last_on_time_on + 30 as last_on
        from {{ ref("dim_deadline") }}
        union all
        select programme_code, period, changed_on, changed_on
        from changes
        where kind = 'status'
    ),

    spans as (
        select
            programme_code,
            period,
            min(first_on) as first_on,
            least(max(last_on), (select today from as_of)) as last_on
        from event_dates
        group by 1, 2
    ),

    ancestors_of_owing_units as (
        select distinct changes.programme_code, changes.period, {{ ancestor }}
        from changes
        inner join ancestors on ancestors.unit_id = changes.unit_id
        where changes.kind = 'owed'
    ),

    owed_in_provinces as (
        select
            changes.programme_code,
            changes.period,
            ancestors.province_id,
            changes.changed_on,
            sum(sum(changes.obligations_change)) over (
                partition by changes.programme_code, changes.period, ancestors.province_id
                order by changes.changed_on
            ) as obligations
        from changes
        inner join
            ancestors
            on ancestors.unit_id = changes.unit_id
            and ancestors.ancestor_level = 'country'
        where changes.kind = 'owed'
        group by 1, 2, 3, 4
    ),

    -- the country has rows where units of several provinces owe; else it is that province again
    provinces_changed as (
        select
            programme_code,
            period,
            changed_on,
            (obligations > 0)::integer - coalesce(
                lag(obligations > 0) over (
                    partition by programme_code, period, province_id order by changed_on
                ),
                false
            )::integer as provinces_change
        from owed_in_provinces
    ),

    -- every day with nothing, and the changes: added up without a join that could go wrong
    days_and_changes as (
        select
            ancestors.programme_code,
            ancestors.period,
            {{ ancestor }},
            series.day::date as day,
            true as is_listed,
            0 as provinces_change
            {%- for count in counts %}, 0 as {{ count }}_change {%- endfor %}
        from ancestors_of_owing_units as ancestors
        inner join spans using (programme_code, period)
        cross join
            lateral generate_series(
                spans.first_on::timestamp, spans.last_on::timestamp, interval '1 day'
            ) as series(day)
        union all
        select
            changes.programme_code,
            changes.period,
            {{ ancestor }},
            changes.changed_on,
            false,
            0
            {%- for count in counts %}, changes.{{ count }}_change {%- endfor %}
        from changes
        inner join ancestors on ancestors.unit_id = changes.unit_id
        union all
        select
            programme_code,
            period,
            'VN',
            'VN',
            'country',
            changed_on,
            false,
            provinces_change
            {%- for count in counts %}, 0 {%- endfor %}
        from provinces_changed
    ),

    cumulated as (
        select
            {{ key }},
            day,
            bool_or(is_listed) as is_listed,
            sum(sum(provinces_change)) over of_ancestor as provinces
            {%- for count in counts -%}
                ,
                (sum(sum({{ count }}_change)) over of_ancestor)::integer
                as {{ names.get(count, "reports_" ~ count) }}
            {%- endfor %}
        from days_and_changes
        group by {{ key }}, day
        window of_ancestor as (partition by {{ key }} order by day)
    )

select
    programme_code,
    period,
    ancestor_id as unit_id,
    ancestor_code as unit_code,
    day,
    ancestor_level as unit_level,
    {% for count in counts -%} {{ names.get(count, "reports_" ~ count) }}, {% endfor %}
    {{ reporting_rates() }}
from cumulated
where is_listed and obligations > 0 and (ancestor_level <> 'country' or provinces > 1)
