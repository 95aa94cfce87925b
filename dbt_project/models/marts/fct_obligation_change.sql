-- fct_obligation_change.sql: one row per report, moment until the one asked for and kind of change:
-- what is owed by decision, and how it stands by verdict
-- Summed up to a moment, the changes of any reports are how many of them then were owed, submitted,
-- on time, accepted and complete. A state begins with +1 and ends with -1.
{%- set flags = ("submitted", "on_time", "accepted", "complete") %}
with
    as_of as (select {{ moment() }} as moment),

    owed as (
        select *, greatest(decided_from, '0001-01-01 00:00:00+00') as owed_at
        from {{ ref("int_reports__decided") }}
        where is_owed
    ),

    answered as (select * from {{ ref("int_obligations__answered") }}),

    required as (
        select programme_code, agency_code, unit_level, count(*) as lines_required
        from {{ ref("int_indicators__required") }}
        group by 1, 2, 3
    ),

    counted as (select * from {{ ref("int_lines__counted") }}),

    -- as long as the terms and the answer stay what they are
    stood as (
        select
            owed.programme_code,
            owed.period,
            owed.unit_id,
            owed.unit_code,
            owed.agency_code,
            owed.unit_level,
            greatest(owed.owed_at, answered.known_from) as stands_from,
            least(owed.decided_to, answered.known_to) as stands_to,
            (answered.first_received_at is not null)::integer as submitted,
            coalesce(answered.fulfilled_at < owed.deadline_at, false)::integer as on_time,
            (answered.fulfilled_at is not null)::integer as accepted,
            (
                answered.fulfilled_at is not null
                and (
                    owed.form <> 'figures'
                    or coalesce(counted.lines_reported, 0) >= coalesce(required.lines_required, 0)
                )
            )::integer as complete
        from owed
        inner join
            answered
            on answered.programme_code = owed.programme_code
            and answered.period = owed.period
            and answered.unit_code = owed.unit_code
            and answered.agency_code = owed.agency_code
            and answered.known_from < owed.decided_to
            and answered.known_to > owed.owed_at
        left join
            required
            on required.programme_code = owed.programme_code
            and required.agency_code = owed.agency_code
            and required.unit_level = owed.unit_level
        left join
            counted
            on counted.programme_code = owed.programme_code
            and counted.period = owed.period
            and counted.unit_code = owed.unit_code
            and counted.agency_code = owed.agency_code
            and counted.known_from <= answered.known_from
            and counted.known_to > answered.known_from
    ),

    changed as (
        {% for kind, spans, begins, ends in (
            ("owed", "owed", "owed_at", "decided_to"),
            ("answered", "stood", "stands_from", "stands_to"),
        ) -%}
            select
                {{ spans }}.programme_code,
                {{ spans }}.period,
                {{ spans }}.unit_id,
                {{ spans }}.unit_code,
                {{ spans }}.agency_code,
                {{ spans }}.unit_level,
                step.changed_at,
                '{{ kind }}' as kind,
                {{ "sum(step.sign)" if kind == "owed" else 0 }} as obligations_change,
                {{
                    (
                        "sum(step.sign) filter (where owed.deadline_at is not null)"
                        if kind == "owed"
                        else 0
                    )
                }} as dated_change
                {%- for flag in flags -%}
                    ,
                    {{ "0" if kind == "owed" else "sum(step.sign * stood." ~ flag ~ ")" }}
                    as {{ flag }}_change
                {%- endfor %}
            from {{ spans }}
            cross join
                lateral(values ({{ spans }}.{{ begins }}, 1), ({{ spans }}.{{ ends }}, -1)) as step(
                    changed_at, sign
                )
            where step.changed_at <= (select moment from as_of)
            group by 1, 2, 3, 4, 5, 6, 7 {{ "union all" if not loop.last }}
        {% endfor %}
    )

select
    programme_code,
    period,
    unit_id,
    unit_code,
    agency_code,
    changed_at,
    kind,
    unit_level,
    (changed_at at time zone 'Asia/Ho_Chi_Minh')::date as changed_on,
    obligations_change::integer as obligations_change,
    coalesce(dated_change, 0)::integer as dated_change
    {%- for flag in flags -%}, {{ flag }}_change::integer as {{ flag }}_change {%- endfor %}
from changed
where
    obligations_change <> 0 or dated_change <> 0
    {%- for flag in flags %} or {{ flag }}_change <> 0 {%- endfor %}
