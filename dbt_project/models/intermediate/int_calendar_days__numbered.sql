-- int_calendar_days__numbered.sql: one row per day, with whether offices work and how many
-- working days there were until then
-- Saturdays and Sundays and the public holidays are days off, unless an override says otherwise.
-- n working days after a day is the day whose working_day_no is n more.
{{ config(indexes=[{"columns": ["day"], "unique": true}, {"columns": ["working_day_no"]}]) }}

with
    days as (
        select day::date as day
        from generate_series(date '2019-01-01', date '2050-12-31', interval '1 day') as day
    ),

    holidays as (select * from {{ ref("stg_public_holidays") }}),

    overrides as (select * from {{ ref("day_overrides") }}),

    classified as (
        select
            days.day,
            coalesce(
                overrides.is_working, holidays.day is null and extract(isodow from days.day) < 6
            ) as is_working,
            coalesce(
                overrides.reason_vi,
                holidays.name_vi,
                case extract(isodow from days.day) when 6 then 'Thứ Bảy' when 7 then 'Chủ nhật' end
            ) as reason_vi
        from days
        left join holidays on holidays.day = days.day
        left join overrides on overrides.day = days.day
    )

select
    day,
    is_working,
    reason_vi,
    (count(*) filter (where is_working) over (order by day))::integer as working_day_no
from classified
