-- checked_cell.sql: one row per cell of a line that is filled in or that the reader found at fault
-- A part is a count; the value is one where the unit's level speaks of a count. The reader may also
-- find fault with the cell that holds the code (`indicator`) and with the line as a whole (`row`).
select
    line.submission_id,
    line.line_id,
    line.programme,
    line.period,
    line.unit,
    line.sheet,
    line.indicator,
    line.indicator_name,
    cells.part,
    cells.raw,
    cells.kind,
    cells.number,
    coalesce(
        line.problems ->> cells.part,
        case
            when cells.kind = 'unreadable' and line.problems ->> 'row' is null then 'not_a_number'
        end
    ) as problem,
    case
        when line.problems is not null then regexp_replace(cells.raw, '[^0-9-]', '', 'g')
    end as digits,
    case when line.problems is not null then replace(btrim(cells.raw), '.', ',') end as decimal,
    cells.is_part or line.measure = 'count' and cells.part = 'value' as is_count,
    line.measure = 'yes_no' as is_yes_no,
    case
        when line.sheet is not null
        then
            (
                line.part_columns
                ->> case when cells.part = 'row' then 'indicator' else cells.part end
            )
            || line.row_no
    end as cell,
    case when line.sheet is null then line.row_no end as line
from pg_temp.checked_line as line
cross join
    lateral(
        values
            ('row', line.indicator, null, null::numrange, false),
            ('indicator', line.indicator, null, null, false),
            ('numerator', line.numerator_raw, line.numerator_kind, line.numerator_range, true),
            (
                'denominator',
                line.denominator_raw,
                line.denominator_kind,
                line.denominator_range,
                true
            ),
            ('value', line.value_raw, line.value_kind, line.value_range, false)
    ) as cells(part, raw, kind, number, is_part)
where cells.kind <> 'missing' or line.problems ->> cells.part is not null
