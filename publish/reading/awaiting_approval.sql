-- awaiting_approval.sql: one row per report and stage that waits for an approval, with its newest version
select * from (
    select distinct on (version.programme_code, version.period, version.unit_id, version.agency_code, version.stage)
        version.submission_id, version.stage, version.programme_code, programme.name_vi as programme_name,
        version.period, version.unit_id, version.unit_code, coalesce(named.unit_name, version.unit_code) as unit_name,
        version.agency_code, version.submission_type, version.form, version.received_at, version.accepted_seq,
        version.approver, version.requested_at, version.due_at, provinces.unit_code as province_code,
        count(*) over (
            partition by version.programme_code, version.period, version.unit_id, version.agency_code, version.stage
        ) as versions
    from ops.awaiting_approval as version
    join catalogue.programmes as programme using (programme_code)
    left join app.org_unit as units on units.unit_id = version.unit_id
    left join app.org_unit as provinces on provinces.unit_id = units.current_province_id
    left join app.org_unit_name as named on named.unit_id = version.unit_id and named.is_latest
    where {conditions}
    order by version.programme_code, version.period, version.unit_id, version.agency_code, version.stage,
        version.accepted_seq desc
) as waiting
order by requested_at, programme_code, period, unit_code, agency_code, stage
