-- checked_line.sql: one row per line of the reports that wait, beside its indicator's row of the
-- catalogue
-- A reported nil counts as 0. `figure` is what the parts give in the indicator's unit; `expected`
-- is what the typed value should then be: the count where the unit's level speaks of a count.
-- Bounds of a rate do not bound a count of the same indicator, which is only never below 0.
with
    lines as (
        select
            line.*,
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
        inner join pg_temp.waiting on waiting.submission_id = line.submission_id
        window
            same_line as (
                partition by line.submission_id, line.indicator_code
                order by line.row_no, line.line_id
            )
    ),

    known as (
        select
            lines.*,
            checked_submission.programme,
            checked_submission.period,
            checked_submission.unit,
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
            indicators.hard_min,
            indicators.hard_max,
            indicators.soft_min,
            indicators.soft_max,
            case
                when numerator_kind in ('exact', 'nil') then lower(lines.numerator_range)
            end as exact_numerator,
            case
                when denominator_kind in ('exact', 'nil') then lower(lines.denominator_range)
            end as exact_denominator
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

    figured as (
        select
            *,
            case
                aggregation
                when 'ratio'
                then exact_numerator * factor / nullif(exact_denominator, 0)
                when 'relative_change'
                then 100 - exact_numerator * 100 / nullif(exact_denominator, 0)
            end as figure
        from known
    )

select
    submission_id,
    line_id,
    programme,
    period,
    unit,
    sheet,
    part_columns,
    row_no,
    first_row,
    occurrence,
    indicator_code as indicator,
    indicator_code as indicator_raw,
    indicator_name,
    numerator_vi,
    denominator_vi,
    aggregation,
    measure,
    is_part_of_whole,
    programme_is_known,
    indicator_is_known,
    feeds_rollup,
    numerator_raw,
    numerator_kind,
    numerator_range,
    denominator_raw,
    denominator_kind,
    denominator_range,
    value_raw,
    value_kind,
    value_range,
    problems,
    exact_numerator,
    figure,
    case when measure = 'count' then exact_numerator else figure end as expected,
    greatest(0.5 * power(10::numeric, - coalesce(scale(lower(value)), 0)), 0.000001) as rounding,
    case when is_count_of_rate then 0 else hard_min end as hard_min,
    case when is_count_of_rate then null else hard_max end as hard_max,
    case when is_count_of_rate then null else soft_min end as soft_min,
    case when is_count_of_rate then null else soft_max end as soft_max
from figured
