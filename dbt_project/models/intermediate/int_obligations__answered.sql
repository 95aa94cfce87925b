-- int_obligations__answered.sql: one row per report that something came for, as of the moment
-- A retraction withdraws all that came before it: the obligation stands as if nothing had been
-- sent. The report that fulfils it is the first to arrive among those that passed the gate.
{{ config(materialized="view") }}

with
    as_of as (select {{ moment() }} as moment),

    judged as (
        select reports.*
        from {{ ref("int_reports__judged") }} as reports
        inner join as_of on reports.decided_at <= as_of.moment
    ),

    remaining as (
        select
            *,
            coalesce(
                max(accepted_seq) filter (
                    where is_accepted and submission_type = 'retraction'
                ) over (partition by programme_code, period, unit_id, agency_code),
                0
            ) as withdrawn_seq
        from judged
    ),

    came as (select * from remaining where accepted_seq > withdrawn_seq),

    first_came as (
        select
            programme_code,
            period,
            unit_id,
            unit_code,
            agency_code,
            min(received_at) as first_received_at
        from came
        group by 1, 2, 3, 4, 5
    ),

    fulfilling as (
        select distinct on (programme_code, period, unit_id, agency_code) *
        from came
        where is_accepted
        order by programme_code, period, unit_id, agency_code, received_at, accepted_seq
    )

select
    first_came.programme_code,
    first_came.period,
    first_came.unit_id,
    first_came.unit_code,
    first_came.agency_code,
    first_came.first_received_at,
    fulfilling.received_at as fulfilled_at,
    fulfilling.decided_at as accepted_at,
    fulfilling.submission_id as accepted_submission_id
from first_came
left join
    fulfilling
    on fulfilling.programme_code = first_came.programme_code
    and fulfilling.period = first_came.period
    and fulfilling.unit_id = first_came.unit_id
    and fulfilling.agency_code = first_came.agency_code
