-- changed_units.sql: one row per unit with an open, begun report whose map changed since the period's first day
-- Only periods that began before the newest change are asked for, as an array that goes down to the obligations: of a
-- nation they are few, once a map has held for a year.
with begun as materialized (
    select programme_code, period, data_from from marts.dim_period
    where data_from < (select max(valid_from) from marts.dim_org_unit where valid_from <= %(today)s)
), outstanding as materialized (
    select obligation.unit_id, province.ancestor_name as province_name, min(period.data_from) as data_from
    from marts.fct_report_obligation as obligation
    join begun as period
        on period.programme_code = obligation.programme_code and period.period = obligation.period
    join marts.bridge_org_unit_ancestor as province
        on province.unit_id = obligation.unit_id and province.ancestor_level = 'province'
    where obligation.is_open and obligation.status in ('not_due', 'rejected', 'missing')
        and obligation.period = any(array(select distinct period from begun)) and {conditions}
    group by 1, 2
), versions as materialized (
    select * from marts.dim_org_unit
    where valid_from <= %(today)s and (valid_from > (select min(data_from) from outstanding) or valid_to <= %(today)s)
), former as (
    select current_unit_id, valid_to, string_agg(unit_name, ', ' order by unit_code) as names
    from versions where is_latest_version and unit_id <> current_unit_id group by 1, 2
)
select distinct on (version.unit_id) version.unit_id, version.unit_code, version.unit_name, version.valid_from,
    previous.unit_name as previous_name, former.names as former_names, outstanding.province_name
from outstanding
join versions as version on version.unit_id = outstanding.unit_id and version.valid_from > outstanding.data_from
left join versions as previous
    on previous.unit_id = version.unit_id and previous.valid_to = version.valid_from
left join former
    on previous.unit_id is null and former.current_unit_id = version.unit_id
    and former.valid_to = version.valid_from
order by version.unit_id, version.valid_from desc
