-- unit_target.sql: one row per target and unit that it is shown beside; without a unit it is shown
-- beside every unit of the level that has no list of its own for the indicator
{{ config(tags=["catalogue"]) }}

{%- set columns = applied_target_columns() | reject("in", ["better_end", "exceeded_when"]) | list %}

select {{ columns | join(", ") }}
from {{ ref("int_targets__applied") }}
where not ({{ has_as_of() }})
union all
select {{ columns | join(", ") }}
from {{ ref("int_targets__applied_as_of") }}
where {{ has_as_of() }}
