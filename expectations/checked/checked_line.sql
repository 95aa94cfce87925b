-- checked_line.sql: one row per line of the reports that wait, beside its indicator's row of the
-- catalogue and what the unit said in its last period
-- A reported nil counts as 0. `figure_range` is what the parts give in the indicator's unit, from
-- the ends of both; `figure` is it where both ends are one. `expected` is what the typed value
-- should then be: the count where the unit's level speaks of a count.
-- `told` is the figure, or the typed value where there are no parts to make one.
-- Bounds of a rate do not bound a count of the same indicator, which is only never below 0.
-- `base` and `base_earlier` are what a reduction starts from: as typed now, and as the unit counted
-- it in its last period. `is_value_alone`: an answer, points or a survey, which have no parts.
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
        left join
            catalogue.indicator_measures as measures
            on measures.programme_code = checked_submission.programme
            and measures.indicator_code = lines.indicator_code
            and measures.unit_level = checked_submission.unit_level
    ),

    ended as (
        -- the parts count, so an open end is the next whole number and none is below 0
        select
            *,
            case
                aggregation when 'ratio' then factor when 'relative_change' then 100
            end as multiplier,
            case
                when lower_inf(numerator_range)
                then 0
                when lower_inc(numerator_range)
                then lower(numerator_range)
                else floor(lower(numerator_range)) + 1
            end as numerator_low,
            case
                when upper_inf(numerator_range)
                then 'infinity'
                when upper_inc(numerator_range)
                then upper(numerator_range)
                else ceil(upper(numerator_range)) - 1
            end as numerator_high,
            case
                when lower_inf(denominator_range)
                then 0
                when lower_inc(denominator_range)
                then lower(denominator_range)
                else floor(lower(denominator_range)) + 1
            end as denominator_low,
            case
                when upper_inf(denominator_range)
                then 'infinity'
                when upper_inc(denominator_range)
                then upper(denominator_range)
                else ceil(upper(denominator_range)) - 1
            end as denominator_high
        from known
    ),

    divided as (
        -- nothing is known of parts over 0; over 0 or more there is no upper end
        select
            *,
            numerator_low * multiplier / nullif(denominator_high, 0) as quotient_low,
            coalesce(
                numerator_high * multiplier / nullif(denominator_low, 0), 'infinity'
            ) as quotient_high
        from ended
    ),

    ranged as (
        select
            *,
            case
                when quotient_low > quotient_high
                then null
                when aggregation = 'ratio' and quotient_low is not null
                then numrange(quotient_low, quotient_high, '[]')
                when aggregation = 'relative_change' and quotient_low is not null
                then numrange(100 - quotient_high, 100 - quotient_low, '[]')
            end as figure_range
        from divided
    ),

    figured as (
        select
            *,
            case
                when lower(figure_range) = upper(figure_range) then lower(figure_range)
            end as figure
        from ranged
    ),

    told as (
        select *, coalesce(figure, case when not is_count_of_rate then exact_value end) as told
        from figured
    ),

    earlier as (
        select distinct
            on (submission_id, indicator_code) submission_id, indicator_code, earlier_period, told
        from told
        where age > 0 and told is not null
        order by submission_id, indicator_code, age
    ),

    counted_earlier as (
        select distinct
            on (submission_id, indicator_code)
            submission_id,
            indicator_code,
            earlier_period,
            exact_numerator
        from told
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
    told.submission_id,
    told.line_id,
    told.programme,
    told.period,
    told.unit,
    told.agency,
    told.is_scheduled,
    told.unit_level,
    told.unit_level_vi,
    told.sheet,
    told.part_columns,
    told.row_no,
    told.first_row,
    told.occurrence,
    told.indicator_code as indicator,
    told.indicator_code as indicator_raw,
    told.indicator_name,
    told.numerator_vi,
    told.denominator_vi,
    told.aggregation,
    told.measure,
    told.is_value_alone,
    told.is_part_of_whole,
    told.programme_is_known,
    told.indicator_is_known,
    told.agency = any(reported_by.agency_codes) as is_assigned,
    reported_by.agencies as reporters,
    told.feeds_rollup,
    told.numerator_raw,
    told.numerator_kind,
    told.numerator_range,
    told.denominator_raw,
    told.denominator_kind,
    told.denominator_range,
    told.value_raw,
    told.value_kind,
    told.value_range,
    told.problems,
    told.figure,
    told.figure_range,
    nullif(lower(told.figure_range), '-infinity') as computed_low,
    nullif(upper(told.figure_range), 'infinity') as computed_high,
    told.told,
    earlier.told as told_earlier,
    earlier.earlier_period,
    case when told.aggregation = 'relative_change' then told.exact_denominator end as base,
    counted_earlier.exact_numerator as base_earlier,
    counted_earlier.earlier_period as base_period,
    case when told.measure = 'count' then told.exact_numerator else told.figure end as expected,
    greatest(
        0.5 * power(10::numeric, - coalesce(scale(lower(told.value)), 0)), 0.000001
    ) as rounding,
    case when told.is_count_of_rate then 0 else told.hard_min end as hard_min,
    case when told.is_count_of_rate then null else told.hard_max end as hard_max,
    case when told.is_count_of_rate then null else told.soft_min end as soft_min,
    case when told.is_count_of_rate then null else told.soft_max end as soft_max
from told
left join
    earlier
    on earlier.submission_id = told.submission_id
    and earlier.indicator_code = told.indicator_code
left join
    counted_earlier
    on counted_earlier.submission_id = told.submission_id
    and counted_earlier.indicator_code = told.indicator_code
left join
    reported_by
    on reported_by.programme_code = told.programme
    and reported_by.indicator_code = told.indicator_code
where told.age = 0
