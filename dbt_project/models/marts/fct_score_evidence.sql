-- fct_score_evidence.sql: one row per unit, computed line of its score sheet and what that rests
-- on:
-- an indicator with its verdict, or a report of the unit's own with its status
-- The plan's own target decides: that of the unit's level, else of the next one above, for the
-- period's year or the next that has one. The national target never decides.
with
    asked as (select * from {{ ref("int_scores__required_lines") }}),

    parts as (select * from {{ ref("criterion_indicators") }} where part = 'figure'),

    measures as (select * from {{ ref("int_indicator_measures__by_level") }} where is_primary),

    assigned as (select * from {{ ref("int_indicators__assigned") }}),

    checkers as (
        select distinct programme_code, agency_code from assigned where score_role = 'verified'
    ),

    indicators as (select * from {{ ref("indicators") }}),

    sheets as (select * from {{ ref("score_sheets") }}),

    -- made once, for each is looked up line by line; the array goes down into the views, so that
    -- they read the programmes that score and no other
    progress as materialized(
        select *
        from {{ ref("fct_target_progress") }}
        where
            target_scope <> 'national'
            and programme_code = any(array(select programme_code from sheets))
    ),

    told as materialized(
        select *
        from {{ ref("int_values__computed") }}
        where
            is_primary
            and {{ is_valid_as_of() }}
            and programme_code = any(array(select programme_code from sheets))
    ),

    -- a report of who checks the sheet is about the unit and not its own
    obligations as materialized(
        select obligations.*
        from {{ ref("fct_report_obligation") }} as obligations
        left join
            checkers
            on checkers.programme_code = obligations.programme_code
            and checkers.agency_code = obligations.agency_code
        where
            checkers.agency_code is null
            and obligations.programme_code = any(array(select programme_code from sheets))
    ),

    by_figures as (
        select
            asked.*,
            indicators.indicator_code,
            indicators.sort_order as code_order,
            measures.measure,
            assigned.agency_code as figure_agency_code
        from asked
        inner join
            parts
            on parts.programme_code = asked.programme_code
            and parts.criterion_code = asked.criterion_code
        inner join
            indicators
            on indicators.programme_code = parts.programme_code
            and indicators.indicator_code = parts.indicator_code
        inner join
            measures
            on measures.programme_code = parts.programme_code
            and measures.indicator_code = parts.indicator_code
            and measures.unit_level = asked.unit_level
        inner join
            assigned
            on assigned.programme_code = parts.programme_code
            and assigned.indicator_code = parts.indicator_code
            and assigned.is_figure
        where asked.points_rule = 'indicators_met'
    ),

    compared as (
        select distinct
            on (
                by_figures.programme_code,
                by_figures.period,
                by_figures.unit_id,
                by_figures.criterion_code,
                by_figures.indicator_code
            )
            by_figures.*,
            progress.target_scope,
            progress.target_year,
            told.value_status,
            coalesce(told.is_made_up, false) as is_made_up,
            case
                when told.value_status = 'not_applicable'
                then 'not_applicable'
                when
                    progress.verdict = 'no_data'
                    and coalesce(told.value_status, 'missing') <> 'missing'
                then 'undetermined'
                when progress.verdict is not null
                then progress.verdict
                when coalesce(told.value_status, 'missing') = 'missing'
                then 'no_data'
                else 'no_target'
            end as finding
        from by_figures
        left join
            progress
            on progress.programme_code = by_figures.programme_code
            and progress.period = by_figures.period
            and progress.unit_id = by_figures.unit_id
            and progress.indicator_code = by_figures.indicator_code
            and progress.measure = by_figures.measure
            and progress.target_year >= left(by_figures.period, 4)::integer
            and (
                progress.target_scope in (by_figures.unit_level, 'province')
                or (progress.target_scope = 'district' and by_figures.unit_level = 'commune')
            )
        left join
            told
            on told.programme_code = by_figures.programme_code
            and told.period = by_figures.period
            and told.unit_id = by_figures.unit_id
            and told.indicator_code = by_figures.indicator_code
            and told.agency_code = by_figures.figure_agency_code
        order by
            by_figures.programme_code,
            by_figures.period,
            by_figures.unit_id,
            by_figures.criterion_code,
            by_figures.indicator_code,
            case
                when progress.target_scope = by_figures.unit_level
                then 0
                when progress.target_scope = 'district'
                then 1
                else 2
            end,
            progress.target_year
    )

select
    programme_code,
    period,
    unit_id,
    unit_code,
    criterion_code,
    'indicator' as evidence_kind,
    indicator_code as code,
    code_order as sort_order,
    target_scope,
    target_year,
    finding,
    case
        when finding in ('met', 'not_applicable')
        then finding
        when finding = 'not_met'
        then 'failed'
        else 'open'
    end as state,
    is_made_up
from compared
union all
-- a report that was refused stays open until its deadline: from then on it is missing
select
    asked.programme_code,
    asked.period,
    asked.unit_id,
    asked.unit_code,
    asked.criterion_code,
    'report',
    obligations.agency_code,
    1,
    null,
    null,
    obligations.status,
    case
        when not (obligations.status = 'late' or obligations.is_overdue)
        then case when obligations.status in ('not_due', 'rejected') then 'open' else 'met' end
        when asked.points_rule = 'each_report_late_and_missing' and obligations.is_complete
        then 'met'
        else 'failed'
    end,
    false
from asked
inner join
    obligations
    on obligations.programme_code = asked.programme_code
    and obligations.period = asked.period
    and obligations.unit_id = asked.unit_id
where asked.points_rule in ('each_report_late_or_missing', 'each_report_late_and_missing')
