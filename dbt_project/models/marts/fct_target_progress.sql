-- fct_target_progress.sql: one row per figure as reported and target that its unit is shown against
-- A commune's target binds the unit that set it; the province's is shown beside every unit of the
-- programme.
with
    figures as (
        select * from {{ ref("fct_indicator_rollup") }} where boundary_basis = 'as_reported'
    ),

    targets as (select * from {{ ref("targets") }}),

    compared as (
        select
            figures.programme_code,
            figures.indicator_code,
            figures.period,
            figures.unit_id,
            figures.unit_code,
            figures.measure,
            targets.target_scope,
            targets.target_year,
            targets.comparator,
            targets.target_low,
            targets.target_high,
            targets.measure as target_measure,
            targets.indicator_code is not null as has_target,
            figures.value,
            figures.value_low is not null or figures.value_high is not null as has_figure,
            {{
                verdict(
                    "figures.value_low",
                    "figures.value_high",
                    "figures.low_closed",
                    "figures.high_closed",
                    "targets.comparator",
                    "targets.target_low",
                    "targets.target_high",
                )
            }} as interval_verdict
        from figures
        left join
            targets
            on targets.programme_code = figures.programme_code
            and targets.indicator_code = figures.indicator_code
            and (
                targets.target_scope <> 'commune'
                or (targets.bound_unit_code = figures.unit_code and figures.unit_level = 'commune')
            )
    )

select
    programme_code,
    indicator_code,
    period,
    unit_id,
    unit_code,
    measure,
    target_scope,
    target_year,
    comparator,
    target_low,
    target_high,
    case
        when not has_target
        then 'no_target'
        when target_measure <> measure
        then 'not_comparable'
        when not has_figure
        then 'no_data'
        else interval_verdict
    end as verdict,
    case
        when not has_target or target_measure <> measure
        then null
        when comparator in ('<', '≤')
        then value - target_high
        when comparator = 'between'
        then greatest(target_low - value, value - target_high)
        else target_low - value
    end as gap
from compared
