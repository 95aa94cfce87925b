-- listed_alerts.sql: one row per alert, receipt and letter about an approval, unconfirmed warnings or an account that was ever planned, with the message that carries it
select entry.programme_code, entry.period, entry.unit_id, entry.unit_code, entry.agency_code, entry.deadline_revision,
    entry.deadline_at, entry.stage, entry.audience, entry.channel, entry.status, entry.message_id, entry.planned_at,
    entry.settled_at, message.attempts, message.sent_at, entry.unanswered_days, entry.last_error
from (
    select ledger_id, programme_code, period, unit_id, unit_code, agency_code, deadline_revision, deadline_at, stage,
        audience, channel, status, message_id, planned_at, settled_at, unanswered_days, last_error
    from ops.alert_ledger
    union all
    select ledger.ledger_id, submission.programme_code, submission.period, verdict.unit_id, submission.unit_code,
        submission.agency_code, null, null, 'receipt', 'reporter', 'email', ledger.status, ledger.message_id,
        ledger.planned_at, ledger.settled_at, ledger.unanswered_days, ledger.last_error
    from ops.receipt_ledger as ledger
    join ops.submission_verdict as verdict using (submission_id)
    join raw.submission as submission using (submission_id)
    union all
    select ledger.ledger_id, submission.programme_code, submission.period, verdict.unit_id, submission.unit_code,
        submission.agency_code, null, null, 'approval_' || ledger.notice,
        case ledger.notice when 'returned' then 'reporter' else 'approver' end, 'email', ledger.status,
        ledger.message_id, ledger.planned_at, ledger.settled_at, ledger.unanswered_days, ledger.last_error
    from ops.approval_ledger as ledger
    join ops.submission_verdict as verdict using (submission_id)
    join raw.submission as submission using (submission_id)
    union all
    select ledger.ledger_id, submission.programme_code, submission.period, verdict.unit_id, submission.unit_code,
        submission.agency_code, null, null, ledger.stage, 'reporter', 'email', ledger.status, ledger.message_id,
        ledger.planned_at, ledger.settled_at, ledger.unanswered_days, ledger.last_error
    from ops.warning_ledger as ledger
    join ops.submission_verdict as verdict using (submission_id)
    join raw.submission as submission using (submission_id)
    union all
    select ledger.ledger_id, null, null, account.unit_id, account.unit_code, account.agency_code, null, null,
        'account_' || event.kind, 'account', 'email', ledger.status, ledger.message_id, ledger.planned_at,
        ledger.settled_at, ledger.unanswered_days, ledger.last_error
    from ops.account_ledger as ledger
    join ops.account_event as event using (event_id)
    join ops.account as account using (account_id)
) as entry
left join ops.message using (message_id)
where entry.status = coalesce(%s, entry.status)
order by entry.planned_at desc, entry.ledger_id
