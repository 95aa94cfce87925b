select
    decision.decision_id::text as subject,
    decision.decided_at as happened,
    jsonb_build_object(
        'decision_id', decision.decision_id,
        'kind', decision.kind,
        'province_code', decision.province_code,
        'programme_code', decision.programme_code,
        'period', decision.period,
        'unit_level', decision.unit_level,
        'unit_code', decision.unit_code,
        'agency_code', decision.agency_code,
        'act_on', decision.act_on,
        'decided_at', decision.decided_at,
        'recorded_at', decision.recorded_at,
        'account_id', decision.account_id,
        'text_sha256', encode(sha256(convert_to(
            row(decision.act, decision.decided_by, decision.reason, decision.before, decision.after)::text, 'UTF8'
        )), 'hex')
    ) as content
from ops.office_decision as decision
