{% macro targets_in_force(targets) -%}
    {{
        in_force(
            targets,
            [
                "programme_code",
                "indicator_code",
                "target_scope",
                "bound_unit_code",
                "target_year",
            ],
        )
    }}
{%- endmacro %}

{% macro applied_target_columns() -%}
    {{
        return(
            [
                "programme_code",
                "indicator_code",
                "unit_level",
                "unit_id",
                "target_scope",
                "target_year",
                "bound_unit_code",
                "agency_code",
                "measure",
                "comparator",
                "target_low",
                "target_high",
                "better_end",
                "exceeded_when",
                "raw",
            ]
        )
    }}
{%- endmacro %}

{% macro applied_targets(targets) -%}
    {#- Targets beside the units that they are shown beside: those of today and those of an earlier time are made here
        and nowhere else. A target of the programme for a level, of its province or of the nation is shown beside every
        unit. One that binds a unit is shown beside it and the units within it, and there it replaces what the programme
        sets for that scope; an agency's is shown beside the unit that it is about. The unit is the one that has the
        code while the programme runs. -#}
    with
        stated as (select * from {{ targets }}),

        programmes as (select * from {{ ref("programmes") }}),

        units as (select * from {{ ref("int_org_units__resolved") }}),

        ancestors as (select * from {{ ref("int_org_units__ancestors") }}),

        targets as (
            select
                stated.*,
                stated.target_scope not in ('commune', 'agency')
                and stated.bound_unit_code is not distinct from programmes.root_unit_code
                or stated.target_scope <> 'agency'
                and stated.bound_unit_code is null as is_of_the_programme,
                programmes.starts_on,
                programmes.ends_on
            from stated
            inner join programmes on programmes.programme_code = stated.programme_code
        ),

        general as (
            select targets.*, levels.unit_level
            from targets
            cross join
                unnest(array['commune', 'district', 'province', 'unallocated']) as levels(
                    unit_level
                )
            where
                targets.is_of_the_programme
                and (targets.target_scope <> 'commune' or levels.unit_level = 'commune')
        ),

        own as (
            select targets.*, units.unit_level, units.unit_id
            from targets
            inner join
                ancestors
                on ancestors.ancestor_code = targets.bound_unit_code
                and (
                    ancestors.ancestor_level = targets.target_scope
                    or targets.target_scope = 'agency'
                    and ancestors.ancestor_id = ancestors.unit_id
                )
            inner join
                units
                on units.unit_id = ancestors.unit_id
                and units.valid_from <= targets.ends_on
                and units.valid_to > targets.starts_on
            where not targets.is_of_the_programme
        ),

        units_with_own as (
            select distinct programme_code, indicator_code, unit_level, unit_id from own
        ),

        lists as (
            select *
            from own
            union all
            select *, null::text as unit_id
            from general
            union all
            select general.*, units_with_own.unit_id
            from general
            inner join
                units_with_own
                on units_with_own.programme_code = general.programme_code
                and units_with_own.indicator_code = general.indicator_code
                and units_with_own.unit_level = general.unit_level
            left join
                own
                on own.programme_code = general.programme_code
                and own.indicator_code = general.indicator_code
                and own.unit_id = units_with_own.unit_id
                and own.target_scope = general.target_scope
            where own.unit_id is null
        )

    select {{ applied_target_columns() | join(", ") }}
    from lists
{%- endmacro %}

{% macro main_targets(targets) -%}
    {#- Of the targets whose year is not past the unit's own comes first, then its district's, then the province's, and
        of each the nearest year; where all are past it is the latest of them. A province without a target of its own is
        shown against that of its districts. The nation's never decides, nor does an agency's. -#}
    with
        targets as (
            select *
            from {{ targets }}
            where
                target_scope not in ('national', 'agency')
                and unit_level in ('commune', 'district', 'province')
        ),

        periods as (
            select programme_code, period, extract(year from data_to)::integer as period_year
            from {{ ref("int_periods__with_window") }}
        ),

        ranked as (
            select
                targets.programme_code,
                targets.indicator_code,
                periods.period,
                targets.unit_level,
                targets.unit_id,
                targets.target_scope,
                targets.target_year,
                row_number() over (
                    partition by
                        targets.programme_code,
                        targets.indicator_code,
                        periods.period,
                        targets.unit_level,
                        targets.unit_id
                    order by
                        targets.target_year < periods.period_year,
                        greatest(periods.period_year - targets.target_year, 0),
                        case
                            when targets.target_scope = targets.unit_level
                            then 0
                            when targets.target_scope = 'district'
                            then 1
                            else 2
                        end,
                        abs(targets.target_year - periods.period_year)
                ) as priority
            from targets
            inner join periods on periods.programme_code = targets.programme_code
        )

    select programme_code, indicator_code, period, unit_level, unit_id, target_scope, target_year
    from ranked
    where priority = 1
{%- endmacro %}
