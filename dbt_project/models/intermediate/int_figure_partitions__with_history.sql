-- int_figure_partitions__with_history.sql: one row per programme, period and province of today that
-- has figures, with a hash of the reports of it, of the periods before it and of every baseline
-- A trend is made of all figures until its period, a path begins at a baseline.
{{ config(materialized="replaced_view") }}

with
    partitions as (select * from {{ ref("int_figure_partitions__current") }}),

    dated as (
        select *, case when kind = 'baseline' then date '-infinity' else data_to end as counts_from
        from partitions
    )

select
    programme_code,
    period,
    partition_province_id,
    md5(
        concat_ws(
            ' ',
            version,
            sum(hashtextextended(period || version, 0)::numeric) over (
                partition by programme_code, partition_province_id order by counts_from
            )
        )
    ) as version
from dated
