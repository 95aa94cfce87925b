-- fct_target_sum.sql: one row per target of a province or district, period and level of the units
-- below that have plans of their own, with what these promise together
-- Cases and those among whom they occur are added and divided once; percentages are never averaged.
with
    upper_targets as (
        select *, {{ effective_comparator("progress") }} as read_comparator
        from {{ ref("fct_target_progress") }} as progress
        where
            unit_level in ('province', 'district')
            and target_scope = unit_level
            and verdict <> 'not_comparable'
    ),

    figures as (
        select * from {{ ref("fct_indicator_rollup") }} where boundary_basis = 'as_reported'
    ),

    indicators as (select * from {{ ref("indicators") }}),

    parts as (
        select
            upper_targets.programme_code,
            upper_targets.indicator_code,
            upper_targets.period,
            upper_targets.unit_id,
            upper_targets.measure,
            upper_targets.target_year,
            pairs.part_level,
            pairs.part_measure,
            pairs.effective_comparator,
            pairs.target_low as part_low,
            pairs.target_high as part_high,
            pairs.is_made_up,
            indicators.aggregation,
            indicators.factor,
            indicators.is_part_of_whole,
            reported.denominator as reported_denominator
        from upper_targets
        inner join
            {{ ref("int_target_parts__paired") }} as pairs using (
                programme_code, indicator_code, target_year, unit_id
            )
        inner join indicators using (programme_code, indicator_code)
        left join
            figures as reported
            on reported.programme_code = pairs.programme_code
            and reported.indicator_code = pairs.indicator_code
            and reported.period = upper_targets.period
            and reported.unit_id = pairs.part_id
            and reported.measure = 'rate'
    ),

    promised as ({{ promised_cases("parts") }}),

    summed as (
        select
            programme_code,
            indicator_code,
            period,
            unit_id,
            measure,
            target_year,
            part_level,
            count(*) as units_with_target,
            count(*) filter (where is_added) as units_added,
            bool_or(is_addable) as is_addable,
            bool_or(is_made_up) as is_made_up,
            sum(denominator) filter (where is_added) as denominator,
            {% for end in ("low", "high") -%}
                case
                    when not bool_or(is_added and cases_{{ end }} is null)
                    then sum(cases_{{ end }}) filter (where is_added)
                end as numerator_{{ end }},
                coalesce(
                    bool_and({{ end }}_closed) filter (where is_added), true
                ) as {{ end }}_closed
                {{- "," if not loop.last }}
            {% endfor %}
        from promised
        group by 1, 2, 3, 4, 5, 6, 7
    ),

    divided as (
        select
            summed.*,
            upper_targets.unit_code,
            upper_targets.unit_level,
            upper_targets.target_scope,
            upper_targets.comparator,
            upper_targets.read_comparator,
            upper_targets.target_low,
            upper_targets.target_high,
            figures.units_expected,
            {% for end in ("low", "high") -%}
                case
                    when summed.units_added = 0
                    then null
                    when summed.measure = 'count'
                    then summed.numerator_{{ end }}
                    else
                        summed.numerator_{{ end }}
                        * coalesce(indicators.factor, 100)
                        / nullif(summed.denominator, 0)
                end as compared_{{ end }},
                summed.{{ end }}_closed as compared_{{ end }}_closed
                {{- "," if not loop.last }}
            {% endfor %}
        from summed
        inner join
            upper_targets using (
                programme_code, indicator_code, period, unit_id, measure, target_year
            )
        inner join indicators using (programme_code, indicator_code)
        left join figures using (programme_code, indicator_code, period, unit_id, measure)
    )

select
    programme_code,
    indicator_code,
    period,
    unit_id,
    unit_code,
    measure,
    target_year,
    part_level,
    target_scope,
    unit_level,
    comparator,
    target_low,
    target_high,
    numerator_low as promised_numerator_low,
    numerator_high as promised_numerator_high,
    denominator as promised_denominator,
    compared_low as promised_low,
    compared_high as promised_high,
    low_closed,
    high_closed,
    coalesce(units_expected, 0) as units_expected,
    units_with_target::integer as units_with_target,
    units_added::integer as units_added,
    coalesce(units_added = units_expected, false) as is_complete,
    case
        when not is_addable
        then 'cannot_be_added'
        when units_added = 0 or num_nonnulls(compared_low, compared_high) = 0
        then 'no_denominator'
        when {{ verdict_of_interval("read_comparator", "target_low", "target_high") }} = 'met'
        then 'adds_up'
        else 'falls_short'
    end as outcome,
    is_made_up
from divided
