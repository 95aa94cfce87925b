-- int_expected_reports__as_of.sql: one row per report that is owed or exempt as of then
-- What was decided later does not count.
{{ config(materialized="replaced_view") }}

with
    as_of as (select {{ obligations_as_of() }} as as_of_at),

    decided as (select * from {{ ref("int_expected_reports__history") }} where is_owed or is_exempt)

select decided.*
from decided
cross join as_of
where
    -- nearly every row holds: of two inequalities the planner would expect a ninth
    case
        when decided.decided_from <= as_of.as_of_at
        then decided.decided_to > as_of.as_of_at
        else false
    end
