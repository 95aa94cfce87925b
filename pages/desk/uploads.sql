-- uploads.sql: one row per file that the accounts of a unit and agency uploaded, the newest first, with the worst
-- verdict of its reports
select upload.upload_id, upload.file_name, upload.uploaded_at, upload.status, account.email,
    verdicts.reports, verdicts.worst
from ops.upload as upload
join ops.account as account using (account_id)
left join lateral (
    select count(*) as reports,
        case
            when bool_or(verdict.status = 'rejected') then 'rejected'
            when bool_or(verdict.status = 'accepted_with_warnings') then 'accepted_with_warnings'
            when count(*) > 0 then 'accepted'
        end as worst
    from ops.submission_origin as origin
    join ops.submission_verdict as verdict using (submission_id)
    where origin.upload_id = upload.upload_id) as verdicts on true
where upload.unit_id = %(unit_id)s and upload.agency_code = %(agency)s
order by upload.uploaded_at desc, upload.upload_id limit 50
