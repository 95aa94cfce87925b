-- fct_score_evidence.sql: one row per programme, period, unit, computed line of its score sheet and
-- evidence that the line rests on: an indicator, or a report of the unit's own
with
    required as (select * from {{ ref("int_scores__required_lines") }}),

    -- a line is empty where nothing occurred for any of its figures, and the others do not apply
    indicators as (
        select
            *,
            bool_and(finding in ('not_applicable', 'nothing_occurred')) over (
                partition by programme_code, period, unit_id, criterion_code
            ) as is_empty
        from {{ ref("int_score_indicators__compared") }}
    ),

    sheets as (select * from {{ ref("score_sheets") }}),

    checkers as (
        select distinct programme_code, agency_code
        from {{ ref("int_indicators__assigned") }}
        where score_role = 'verified'
    ),

    -- a report of who checks the sheet is about the unit and not its own; made once, for it is
    -- looked up line by line; offset 0: a programme each, for the view follows no list of them
    obligations as materialized(
        select obligations.*
        from sheets
        cross join
            lateral(
                select *
                from {{ ref("fct_report_obligation") }} as owed
                where owed.programme_code = sheets.programme_code
                offset 0
            ) as obligations
        left join
            checkers
            on checkers.programme_code = obligations.programme_code
            and checkers.agency_code = obligations.agency_code
        where checkers.agency_code is null
    )

select
    programme_code,
    period,
    unit_id,
    unit_code,
    criterion_code,
    'indicator' as evidence_kind,
    indicator_code as code,
    sort_order,
    target_scope,
    target_year,
    finding,
    case
        when finding = 'not_applicable' and not (is_empty and zero_base_result is not null)
        then finding
        when zero_base_result is not null
        then {{ state_by_rule("zero_base_result") }}
        when finding = 'met'
        then finding
        when finding = 'not_met'
        then 'failed'
        else 'open'
    end as state,
    is_made_up
from indicators
union all
-- a report that was refused stays open until its deadline: from then on it is missing. One that
-- waits for its approval is open: it may have come in time
select
    required.programme_code,
    required.period,
    required.unit_id,
    required.unit_code,
    required.criterion_code,
    'report',
    obligations.agency_code,
    1,
    null,
    null,
    obligations.status,
    case
        when obligations.status = 'awaiting_approval'
        then 'open'
        when not (obligations.status = 'late' or obligations.is_overdue)
        then case when obligations.status in ('not_due', 'rejected') then 'open' else 'met' end
        when required.points_rule = 'each_report_late_and_missing' and obligations.is_complete
        then 'met'
        else 'failed'
    end,
    false
from required
inner join
    obligations
    on obligations.programme_code = required.programme_code
    and obligations.period = required.period
    and obligations.unit_id = required.unit_id
where required.points_rule in ('each_report_late_or_missing', 'each_report_late_and_missing')
