-- int_figure_partitions__current.sql: one row per programme, period and province of today that has
-- figures, with a hash of the reports that they are made of
-- A period that has begun has figures before the first report: nothing of what is expected has
-- come.
{{ config(materialized="replaced_view") }}

with
    expected as (select * from {{ ref("int_expected_reports__by_org_unit") }}),

    units as (select * from {{ ref("int_org_units__resolved") }}),

    periods as (select * from {{ ref("int_periods__with_window") }}),

    states as (
        select *
        from {{ ref("stg_partition_states") }}
        where
            consumer in (
                '{{ relation_name(ref("int_values__versioned")) }}',
                '{{ relation_name(ref("int_values__rolled_up")) }}'
            )
    ),

    parts as (
        select distinct
            expected.programme_code, expected.period, units.partition_province_id, null as version
        from expected
        -- what no unit has been given belongs to its province
        inner join units on units.unit_id = split_part(expected.unit_id, '/', 1)
        union all
        select programme_code, period, partition_province_id, consumer || ' ' || version
        from states
    ),

    partitions as (
        select
            programme_code,
            period,
            partition_province_id,
            string_agg(version, ' ' order by version) as version
        from parts
        group by 1, 2, 3
    )

select
    partitions.programme_code,
    partitions.period,
    partitions.partition_province_id,
    periods.kind,
    periods.data_to,
    md5(
        concat_ws(' ', periods.data_from <= {{ obligations_as_of() }}, partitions.version)
    ) as version
from partitions
inner join
    periods
    on periods.programme_code = partitions.programme_code
    and periods.period = partitions.period
