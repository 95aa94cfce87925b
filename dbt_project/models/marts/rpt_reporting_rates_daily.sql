-- rpt_reporting_rates_daily.sql: one row per programme, period, unit and day
-- It is rpt_reporting_rates as it stood when the day ended.
-- The days begin 30 days before the first last day in time, or with the first verdict; they end 30
-- days after the last one, or with the last verdict, and never after the moment. Nothing changes on
-- the days that are not told.
{%- set counts = ("obligations", "dated", "submitted", "on_time", "accepted", "complete") %}
with
    as_of as (select ({{ obligations_as_of() }} at time zone 'Asia/Ho_Chi_Minh')::date as today),

    -- read more than once: the planner has to see through to the programme and period asked for
    changes as not materialized(select * from {{ ref("fct_obligation_change") }}),

    deadlines as (select * from {{ ref("dim_deadline") }}),

    places as (select * from {{ ref("bridge_org_unit_ancestor") }}),

    eventful as (
        select
            programme_code,
            period,
            last_on_time_on - 30 as first_on,
            last_on_time_on + 30 as last_on
        from deadlines
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
        from eventful
        group by 1, 2
    ),

    owing as (
        select distinct
            changes.programme_code,
            changes.period,
            places.ancestor_id,
            places.ancestor_code,
            places.ancestor_level
        from changes
        inner join places on places.unit_id = changes.unit_id
        where changes.kind = 'owed'
    ),

    owed_in_provinces as (
        select
            changes.programme_code,
            changes.period,
            places.province_id,
            changes.changed_on,
            sum(sum(changes.obligations_change)) over (
                partition by changes.programme_code, changes.period, places.province_id
                order by changes.changed_on
            ) as obligations
        from changes
        inner join places on places.unit_id = changes.unit_id and places.ancestor_level = 'country'
        where changes.kind = 'owed'
        group by 1, 2, 3, 4
    ),

    -- the country is told where units of several provinces owe; else it is that province again
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
    happened as (
        select
            owing.programme_code,
            owing.period,
            owing.ancestor_id,
            owing.ancestor_code,
            owing.ancestor_level,
            series.day::date as day,
            true as is_listed,
            0 as provinces_change
            {%- for count in counts %}, 0 as {{ count }}_change {%- endfor %}
        from owing
        inner join
            spans on spans.programme_code = owing.programme_code and spans.period = owing.period
        cross join
            lateral generate_series(
                spans.first_on::timestamp, spans.last_on::timestamp, interval '1 day'
            ) as series(day)
        union all
        select
            changes.programme_code,
            changes.period,
            places.ancestor_id,
            places.ancestor_code,
            places.ancestor_level,
            changes.changed_on,
            false,
            0
            {%- for count in counts %}, changes.{{ count }}_change {%- endfor %}
        from changes
        inner join places on places.unit_id = changes.unit_id
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

    told as (
        select
            programme_code,
            period,
            ancestor_id,
            ancestor_code,
            ancestor_level,
            day,
            bool_or(is_listed) as is_listed,
            sum(sum(provinces_change)) over of_place as provinces
            {%- for count in counts -%}
                , (sum(sum({{ count }}_change)) over of_place)::integer as {{ count }}
            {%- endfor %}
        from happened
        group by 1, 2, 3, 4, 5, 6
        window
            of_place as (
                partition by programme_code, period, ancestor_id, ancestor_code, ancestor_level
                order by day
            )
    ),

    counted as (
        select
            programme_code,
            period,
            ancestor_id,
            ancestor_code,
            day,
            ancestor_level,
            obligations,
            dated as obligations_dated,
            submitted as reports_submitted,
            on_time as reports_on_time,
            accepted as reports_accepted,
            complete as reports_complete
        from told
        where is_listed and obligations > 0 and (ancestor_level <> 'country' or provinces > 1)
    )

select
    programme_code,
    period,
    ancestor_id as unit_id,
    ancestor_code as unit_code,
    day,
    ancestor_level as unit_level,
    obligations,
    obligations_dated,
    reports_submitted,
    reports_on_time,
    reports_accepted,
    reports_complete,
    {{ reporting_rates() }}
from counted
