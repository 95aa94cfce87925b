-- fct_obligation_change.sql: one row per report, time of a change until the session's as-of time
-- and kind of change: what is owed by decision, and its status by verdict
-- Summed up to any time, the changes of a set of reports are how many of them were then owed,
-- submitted, on time, accepted and complete. A state begins with +1 and ends with -1.
{%- set flags = ("submitted", "on_time", "accepted", "complete") %}
with
    as_of as (select {{ obligations_as_of() }} as as_of_at),

    owed as (
        select *, greatest(decided_from, '0001-01-01 00:00:00+00') as owed_at
        from {{ ref("int_expected_reports__history") }}
        where is_owed
    ),

    statuses as (select * from {{ ref("int_submission_status__history") }}),

    required as (select * from {{ ref("int_required_lines__counted") }}),

    completeness as (select * from {{ ref("int_completeness__history") }}),

    -- as long as the terms and the status stay what they are
    combined as (
        select
            owed.programme_code,
            owed.period,
            owed.unit_id,
            owed.unit_code,
            owed.agency_code,
            owed.unit_level,
            greatest(owed.owed_at, statuses.known_from) as effective_from,
            least(owed.decided_to, statuses.known_to) as effective_to,
            (statuses.first_received_at is not null)::integer as submitted,
            coalesce(statuses.fulfilled_at < owed.deadline_at, false)::integer as on_time,
            (statuses.fulfilled_at is not null)::integer as accepted,
            (
                {{
                    is_complete(
                        "statuses.fulfilled_at",
                        "completeness.lines_reported",
                        lines_required(
                            "owed.form",
                            "coalesce(own_lines.lines_required, required.lines_required)",
                        ),
                    )
                }}
            )::integer as complete
        from owed
        inner join
            statuses
            on statuses.programme_code = owed.programme_code
            and statuses.period = owed.period
            and statuses.unit_id = owed.unit_id
            and statuses.agency_code = owed.agency_code
            and statuses.known_from < owed.decided_to
            and statuses.known_to > owed.owed_at
        left join
            required
            on required.programme_code = owed.programme_code
            and required.agency_code = owed.agency_code
            and required.unit_level = owed.unit_level
            and required.plan_unit_code is null
        left join
            required as own_lines
            on own_lines.programme_code = owed.programme_code
            and own_lines.agency_code = owed.agency_code
            and own_lines.unit_level = owed.unit_level
            and own_lines.plan_unit_code = owed.unit_code
        left join
            completeness
            on completeness.programme_code = owed.programme_code
            and completeness.period = owed.period
            and completeness.unit_id = owed.unit_id
            and completeness.agency_code = owed.agency_code
            and completeness.known_from <= statuses.known_from
            and completeness.known_to > statuses.known_from
    ),

    changed as (
        {% for kind, spans, begins, ends in (
            ("owed", "owed", "owed_at", "decided_to"),
            ("status", "combined", "effective_from", "effective_to"),
        ) -%}
            select
                {{ spans }}.programme_code,
                {{ spans }}.period,
                {{ spans }}.unit_id,
                {{ spans }}.unit_code,
                {{ spans }}.agency_code,
                {{ spans }}.unit_level,
                boundary.changed_at,
                '{{ kind }}' as kind,
                {{ "sum(boundary.sign)" if kind == "owed" else 0 }} as obligations_change,
                {{
                    (
                        "sum(boundary.sign) filter (where owed.deadline_at is not null)"
                        if kind == "owed"
                        else 0
                    )
                }} as dated_change
                {%- for flag in flags -%}
                    ,
                    {{ "0" if kind == "owed" else "sum(boundary.sign * combined." ~ flag ~ ")" }}
                    as {{ flag }}_change
                {%- endfor %}
            from {{ spans }}
            cross join
                lateral(
                    values ({{ spans }}.{{ begins }}, 1), ({{ spans }}.{{ ends }}, -1)
                ) as boundary(changed_at, sign)
            where boundary.changed_at <= (select as_of_at from as_of)
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
