-- checked_line.sql: one row per line of the reports that wait, beside its indicator's row of the
-- catalogue and the unit's report of its last period
-- A reported nil counts as 0. `figure_range` is what the parts give in the indicator's unit, from
-- the ends of both; `figure` is it where both ends are one. `expected` is what the typed value
-- should then be: the count where the unit's level speaks of a count.
-- `compared_value` is the figure, or the typed value where there are no parts to make one.
-- Bounds of a rate do not bound a count of the same indicator, which is only never below 0.
-- `base` and `base_earlier` are what a reduction starts from: as typed now, and as the unit counted
-- it in its last period. `is_value_alone`: yes or no, points or a survey, which have no parts.
-- `is_assigned`: the line is for this sender to report; `reporters` are those that do.
with
    lines as (
        select
            line.line_id,
            line.row_no,
            line.indicator_code,
            line.numerator_raw,
            line.numerator_kind,
            line.denominator_raw,
            line.denominator_kind,
            line.value_raw,
            line.value_kind,
            line.value,
            line.problems,
            compared_report.submission_id,
            compared_report.earlier_period,
            compared_report.age,
            case
                when line.numerator_kind = 'nil' then numrange(0, 0, '[]') else line.numerator
            end as numerator_range,
            case
                when line.denominator_kind = 'nil' then numrange(0, 0, '[]') else line.denominator
            end as denominator_range,
            case
                when line.value_kind = 'nil' then numrange(0, 0, '[]') else line.value
            end as value_range,
            row_number() over same_line as occurrence,
            first_value(line.row_no) over same_line as first_row
        from raw.line
        inner join
            pg_temp.compared_report on compared_report.reported_submission_id = line.submission_id
        window
            same_line as (
                partition by compared_report.submission_id, compared_report.age, line.indicator_code
                order by line.row_no, line.line_id
            )
    ),

    known as (
        select
            lines.*,
            checked_submission.programme,
            checked_submission.period,
            checked_submission.unit,
            checked_submission.agency,
            checked_submission.is_scheduled,
            checked_submission.unit_level,
            case
                checked_submission.unit_level
                when 'commune'
                then 'cấp xã'
                when 'district'
                then 'cấp huyện'
                else 'cấp tỉnh'
            end as unit_level_vi,
            checked_submission.sheet,
            checked_submission.part_columns,
            checked_submission.programme_is_known,
            checked_submission.feeds_rollup,
            indicators.indicator_code is not null as indicator_is_known,
            indicators.name_vi as indicator_name,
            indicators.numerator_vi,
            indicators.denominator_vi,
            indicators.aggregation,
            indicators.factor,
            coalesce(indicators.is_part_of_whole, false) as is_part_of_whole,
            measures.measure,
            measures.measure = 'count'
            and indicators.aggregation in ('ratio', 'relative_change') as is_count_of_rate,
            coalesce(
                measures.measure in ('yes_no', 'points') or indicators.aggregation = 'none', false
            ) as is_value_alone,
            indicators.hard_min,
            indicators.hard_max,
            indicators.soft_min,
            indicators.soft_max,
            case
                when numerator_kind in ('exact', 'nil') then lower(lines.numerator_range)
            end as exact_numerator,
            case
                when denominator_kind in ('exact', 'nil') then lower(lines.denominator_range)
            end as exact_denominator,
            case
                when value_kind in ('exact', 'nil') then lower(lines.value_range)
            end as exact_value
        from lines
        inner join
            pg_temp.checked_submission on checked_submission.submission_id = lines.submission_id
        left join
            catalogue.indicators
            on indicators.programme_code = checked_submission.programme
            and indicators.indicator_code = lines.indicator_code
            -- an indicator of another unit's plan is as unknown as one that nobody has
            and (indicators.plan_unit_code is null or indicators.plan_unit_code = checked_submission.unit)
        left join
            catalogue.indicator_measures as measures
            on measures.programme_code = checked_submission.programme
            and measures.indicator_code = lines.indicator_code
            and measures.unit_level = checked_submission.unit_level
    ),

    bounded as (
        select
            *,
            case
                aggregation when 'ratio' then 'rate' when 'relative_change' then 'change'
            end as divided_measure,
            app.integer_low(numerator_range) as numerator_low,
            app.integer_high(numerator_range) as numerator_high,
            app.integer_low(denominator_range) as denominator_low,
            app.integer_high(denominator_range) as denominator_high
        from known
    ),

    divided as (
        select
            *,
            app.figure_low(
                divided_measure,
                factor,
                numerator_low,
                numerator_high,
                denominator_low,
                denominator_high
            ) as figure_low,
            app.figure_high(
                divided_measure,
                factor,
                numerator_low,
                numerator_high,
                denominator_low,
                denominator_high
            ) as figure_high
        from bounded
    ),

    -- nothing is known of parts over 0; over 0 or more the figure has no end on that side
    ranged as (
        select
            *,
            case
                when divided_measure is null or coalesce(figure_low > figure_high, false)
                then null
                when divided_measure = 'rate' and figure_low is not null
                then numrange(figure_low, coalesce(figure_high, 'infinity'), '[]')
                when divided_measure = 'change' and figure_high is not null
                then numrange(coalesce(figure_low, '-infinity'), figure_high, '[]')
            end as figure_range
        from divided
    ),

    exact as (
        select
            *,
            case
                when lower(figure_range) = upper(figure_range) then lower(figure_range)
            end as figure
        from ranged
    ),

    valued as (
        select *, coalesce(figure, case when not is_count_of_rate then exact_value end) as compared_value
        from exact
    ),

    earlier as (
        select distinct
            on (submission_id, indicator_code) submission_id, indicator_code, earlier_period, compared_value
        from valued
        where age > 0 and compared_value is not null
        order by submission_id, indicator_code, age
    ),

    counted_earlier as (
        select distinct
            on (submission_id, indicator_code)
            submission_id,
            indicator_code,
            earlier_period,
            exact_numerator
        from valued
        where age > 0 and aggregation = 'relative_change' and exact_numerator is not null
        order by submission_id, indicator_code, age
    ),

    reported_by as (
        select
            assigned.programme_code,
            assigned.indicator_code,
            array_agg(assigned.agency_code) as agency_codes,
            string_agg(
                coalesce(agencies.name_vi || ' (' || agency_code || ')', agency_code),
                ', '
                order by agency_code
            ) as agencies
        from app.indicator_agency as assigned
        left join catalogue.agencies using (programme_code, agency_code)
        group by 1, 2
    )

select
    valued.submission_id,
    valued.line_id,
    valued.programme,
    valued.period,
    valued.unit,
    valued.agency,
    valued.is_scheduled,
    valued.unit_level,
    valued.unit_level_vi,
    valued.sheet,
    valued.part_columns,
    valued.row_no,
    valued.first_row,
    valued.occurrence,
    valued.indicator_code as indicator,
    valued.indicator_code as indicator_raw,
    valued.indicator_name,
    valued.numerator_vi,
    valued.denominator_vi,
    valued.aggregation,
    valued.measure,
    valued.is_value_alone,
    valued.is_part_of_whole,
    valued.programme_is_known,
    valued.indicator_is_known,
    valued.agency = any(reported_by.agency_codes) as is_assigned,
    reported_by.agencies as reporters,
    valued.feeds_rollup,
    valued.numerator_raw,
    valued.numerator_kind,
    valued.numerator_range,
    valued.denominator_raw,
    valued.denominator_kind,
    valued.denominator_range,
    valued.value_raw,
    valued.value_kind,
    valued.value_range,
    valued.problems,
    valued.figure,
    valued.figure_range,
    nullif(lower(valued.figure_range), '-infinity') as computed_low,
    nullif(upper(valued.figure_range), 'infinity') as computed_high,
    valued.compared_value,
    earlier.compared_value as earlier_value,
    earlier.earlier_period,
    case when valued.aggregation = 'relative_change' then valued.exact_denominator end as base,
    counted_earlier.exact_numerator as base_earlier,
    counted_earlier.earlier_period as base_period,
    case when valued.measure = 'count' then valued.exact_numerator else valued.figure end as expected,
    greatest(
        0.5 * power(10::numeric, - coalesce(scale(lower(valued.value)), 0)), 0.000001
    ) as rounding,
    case when valued.is_count_of_rate then 0 else valued.hard_min end as hard_min,
    case when valued.is_count_of_rate then null else valued.hard_max end as hard_max,
    case when valued.is_count_of_rate then null else valued.soft_min end as soft_min,
    case when valued.is_count_of_rate then null else valued.soft_max end as soft_max
from valued
left join
    earlier
    on earlier.submission_id = valued.submission_id
    and earlier.indicator_code = valued.indicator_code
left join
    counted_earlier
    on counted_earlier.submission_id = valued.submission_id
    and counted_earlier.indicator_code = valued.indicator_code
left join
    reported_by
    on reported_by.programme_code = valued.programme
    and reported_by.indicator_code = valued.indicator_code
where valued.age = 0
