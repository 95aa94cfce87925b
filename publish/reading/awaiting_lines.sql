-- awaiting_lines.sql: one row per indicator of a report that waits, as it will be if it is approved, beside what counts
with version as (
    select submission_id, accepted_seq, is_counted,
        max(accepted_seq) filter (where submission_type <> 'correction') over () as complete_seq,
        max(accepted_seq) filter (where submission_type <> 'correction' and is_counted) over () as counted_complete_seq
    from ops.report_version
    where programme_code = %(programme_code)s and period = %(period)s and unit_id = %(unit_id)s
        and agency_code = %(agency_code)s and (is_counted or is_awaiting_approval)
        and accepted_seq <= %(accepted_seq)s
),
line as (
    select version.*, line.line_id, line.indicator_code, line.numerator_raw, line.denominator_raw, line.value_raw
    from version join raw.line as line using (submission_id) where line.indicator_code is not null
),
proposed as (
    select distinct on (indicator_code) * from line where accepted_seq >= coalesce(complete_seq, 0)
    order by indicator_code, accepted_seq desc, line_id desc
),
counted as (
    select distinct on (indicator_code) * from line
    where is_counted and accepted_seq >= coalesce(counted_complete_seq, 0)
    order by indicator_code, accepted_seq desc, line_id desc
)
select coalesce(proposed.indicator_code, counted.indicator_code) as indicator_code, indicator.name_vi, indicator.unit_vi,
    proposed.numerator_raw, proposed.denominator_raw, proposed.value_raw,
    counted.numerator_raw as counted_numerator, counted.denominator_raw as counted_denominator,
    counted.value_raw as counted_value,
    (proposed.numerator_raw, proposed.denominator_raw, proposed.value_raw)
        is distinct from (counted.numerator_raw, counted.denominator_raw, counted.value_raw) as is_changed
from proposed
full join counted on counted.indicator_code = proposed.indicator_code
left join catalogue.indicators as indicator
    on indicator.programme_code = %(programme_code)s and indicator.indicator_code = coalesce(
        proposed.indicator_code, counted.indicator_code)
order by indicator.sort_order, 1
