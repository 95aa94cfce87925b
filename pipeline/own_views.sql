-- views that read what dbt makes and are not dbt's own
select distinct format('%%s.%%s', reader.relnamespace::regnamespace, reader.relname)
from pg_depend as dependency
inner join pg_rewrite as rule
    on dependency.classid = 'pg_rewrite'::regclass and rule.oid = dependency.objid
inner join pg_class as reader on reader.oid = rule.ev_class
inner join pg_class as read on dependency.refclassid = 'pg_class'::regclass and read.oid = dependency.refobjid
where
    read.relnamespace::regnamespace::text = any(%(schemas)s)
    -- made again by each load and after each build
    and reader.relnamespace::regnamespace::text not in ('area_marts', 'catalogue_as_of')
    and not exists (
        select from ops.relation_state as state
        where state.relation = format('%%s.%%s', reader.relnamespace::regnamespace, reader.relname)
    )
order by 1
