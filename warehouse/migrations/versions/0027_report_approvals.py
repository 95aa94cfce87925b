"""Reports that wait for an approver, and what was decided about them: rows that only grow."""

from alembic import op

revision = "0027"
down_revision = "0025"
branch_labels = None
depends_on = None

TABLES = """
create table ops.approval_request (
    submission_id uuid not null references raw.submission,
    stage text not null check (stage in ('counting', 'publication')),
    approver text not null check (approver in ('unit', 'province')),
    allows_own boolean not null,
    on_time_by text not null check (on_time_by in ('received', 'approved')),
    requested_at timestamptz not null,
    due_at timestamptz,
    primary key (submission_id, stage)
);
comment on table ops.approval_request is
    'One row per accepted report and stage that needs an approval, as the rows of report_approvals said when the gate '
    'decided. Append-only: a later change of those rows changes nothing about it.';
comment on column ops.approval_request.stage is
    'counting: until it is approved the report is in no figure. publication: no public release until then.';
comment on column ops.approval_request.approver is
    'unit: an account that approves, of the same unit and agency. province: an account of the province.';
comment on column ops.approval_request.allows_own is 'Whether the account that handed it in may approve it.';
comment on column ops.approval_request.on_time_by is 'What has to be before the deadline: the arrival or the approval.';
comment on column ops.approval_request.due_at is 'Until when the approver has to decide; empty: no time is set.';

create table ops.report_approval (
    approval_id bigint generated always as identity primary key,
    submission_id uuid not null,
    stage text not null,
    decision text not null check (decision in ('approved', 'returned')),
    reason text check (length(reason) between 1 and 500),
    accepted_seq bigint unique,
    decided_at timestamptz not null,
    account_id uuid references ops.account,
    decided_by text,
    unique (submission_id, stage),
    foreign key (submission_id, stage) references ops.approval_request,
    check ((stage = 'counting') = (accepted_seq is not null)),
    check (decision = 'approved' or reason is not null),
    check ((account_id is null) <> (decided_by is null))
);
comment on table ops.report_approval is
    'One row per decision of an approver about a report. Append-only. Before counting: an approved report is known '
    'from decided_at, a returned one never is.';
comment on column ops.report_approval.accepted_seq is
    'Its number in the sequence of the verdicts, which orders what counts; empty before publication.';
comment on column ops.report_approval.account_id is 'Who decided on the pages; empty for the command line.';
comment on column ops.report_approval.decided_by is
    'On the command line: who decided, and how, such as "Chủ tịch UBND phường, công văn 12/UBND".';
create index report_approval_decided on ops.report_approval (decided_at);

create trigger append_only before update on ops.approval_request
for each statement execute function ops.refuse_change();
create trigger append_only before update on ops.report_approval
for each statement execute function ops.refuse_change();
revoke update on ops.approval_request, ops.report_approval from baocao_loader;
grant usage on sequence ops.submission_verdict_accepted_seq_seq to baocao_loader;
"""

VIEWS = """
create view ops.decision as
select accepted_seq, decided_at, status <> 'rejected' as is_accepted from ops.submission_verdict
union all
select accepted_seq, decided_at, decision = 'approved' from ops.report_approval where stage = 'counting';
comment on view ops.decision is
    'One row per decision that orders what counts: a verdict of the gate, or an approval before counting.';

create view ops.accepted_verdict as
select verdict.* from ops.submission_verdict as verdict
where verdict.status <> 'rejected' and not exists (
    select from ops.report_approval as returned
    where returned.submission_id = verdict.submission_id and returned.stage = 'counting'
        and returned.decision = 'returned');
comment on view ops.accepted_verdict is
    'One row per verdict that accepted a report, without those that an approver returned. One that waits is there.';

create view ops.report_version as
select
    verdict.submission_id,
    submission.programme_code,
    submission.period,
    verdict.unit_id,
    submission.unit_code,
    submission.agency_code,
    submission.submission_type,
    submission.form,
    submission.received_at,
    verdict.accepted_seq,
    coalesce(approval.decided_at, verdict.decided_at) as decided_at,
    request.submission_id is null or approval.decision is not distinct from 'approved' as is_counted,
    request.submission_id is not null and approval.decision is null as is_awaiting_approval
from ops.submission_verdict as verdict
join raw.submission as submission using (submission_id)
left join ops.approval_request as request
    on request.submission_id = verdict.submission_id and request.stage = 'counting'
left join ops.report_approval as approval
    on approval.submission_id = verdict.submission_id and approval.stage = 'counting'
where verdict.status <> 'rejected';
comment on view ops.report_version is
    'One row per report that the gate accepted, in the order of accepted_seq: whether it counts or waits for an '
    'approval. Neither: its approver returned it.';

create view ops.awaiting_approval as
select
    version.*,
    request.stage,
    request.approver,
    request.allows_own,
    request.requested_at,
    request.due_at
from ops.approval_request as request
join ops.report_version as version using (submission_id)
left join ops.report_approval as decided
    on decided.submission_id = request.submission_id and decided.stage = request.stage
where decided.submission_id is null
    and case request.stage when 'counting' then version.is_awaiting_approval else version.is_counted end
    and not exists (
        select from ops.report_version as later
        left join ops.approval_request as own
            on own.submission_id = later.submission_id and own.stage = request.stage
        where later.programme_code = version.programme_code and later.period = version.period
            and later.unit_id = version.unit_id and later.agency_code = version.agency_code
            and later.accepted_seq > version.accepted_seq and later.is_counted
            and (own.submission_id is null or request.stage = 'counting'));
comment on view ops.awaiting_approval is
    'One row per accepted report and stage that waits for its approver, the oldest of a report included. What a later '
    'report without an approval has overtaken waits no longer.';
"""

AS_OF = """
create or replace function ops.wait_for_the_gate(as_of timestamptz) returns bigint
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
    perform pg_advisory_lock_shared(hashtextextended('baocao:gate', 0));
    perform pg_advisory_unlock_shared(hashtextextended('baocao:gate', 0));
    return (select count(*) from {decisions} where decided_at <= as_of);
end
$$;

create or replace function ops.check_as_of(as_of timestamptz) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    printed text := to_char(as_of at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD HH24:MI');
begin
    if as_of > greatest(now(), (select max(run.as_of) from ops.pipeline_run as run where run.step = 'build')) then
        raise exception '% has not come: what will be known then can still change.', printed
            using errcode = 'invalid_parameter_value';
    end if;
    if ops.wait_for_the_gate(as_of) <> (
        select count(*) from {decisions} where decided_at <= as_of
    ) then
        raise exception 'Reports were decided while this query began: run it again.'
            using errcode = 'serialization_failure';
    end if;
    if exists (
        select from {decisions}
        where {accepted} and decided_at <= as_of and accepted_seq > coalesce((
            select accepted_through from ops.last_successful_run where step = 'build'), 0)
    ) then
        raise exception 'Reports accepted until % are not in the marts yet.', printed
            using errcode = 'object_not_in_prerequisite_state', hint = 'They are after the next build.';
    end if;
end
$$;
"""

WARNINGS = """
create or replace view ops.report_warning as
select
    issue.issue_id,
    issue.submission_id,
    issue.line_id,
    submission.programme_code,
    submission.period,
    verdict.unit_id,
    submission.unit_code,
    submission.agency_code,
    coalesce(issue.indicator_code, line.indicator_code) as indicator_code,
    issue.rule,
    issue.message_vi,
    issue.message_en,
    verdict.decided_at as warned_at,
    {replaced_at} as replaced_at,
    {replaced_at} is null as is_in_force,
    confirmation.reason,
    confirmation.confirmed_at,
    confirmation.account_id,
    confirmation.confirmed_by
from ops.submission_issue as issue
join ops.submission_verdict as verdict using (submission_id)
join raw.submission as submission using (submission_id)
left join raw.line as line on line.line_id = issue.line_id
left join lateral (
    select min(later_verdict.decided_at) as replaced_at
    from raw.submission as later
    join {verdicts} as later_verdict using (submission_id)
    where later.programme_code = submission.programme_code and later.period = submission.period
        and later.agency_code = submission.agency_code and later_verdict.unit_id = verdict.unit_id
        and later_verdict.status <> 'rejected' and later_verdict.accepted_seq > verdict.accepted_seq
        and (later.submission_type <> 'correction' or exists (
            select from raw.line as replacing
            where replacing.submission_id = later.submission_id
                and replacing.indicator_code = coalesce(issue.indicator_code, line.indicator_code)))
) as replacement on true
left join lateral (
    select given.reason, given.confirmed_at, given.account_id, given.confirmed_by
    from ops.warning_confirmation as given
    where given.issue_id = issue.issue_id
    order by given.confirmation_id desc limit 1
) as confirmation on true
{returned}
where issue.needs_confirmation and issue.severity = 'warning' and verdict.status <> 'rejected';
"""
"""A report that its approver returned replaces nothing, and nobody has to confirm what is in it."""

RETURNED = """left join ops.report_approval as returned
    on returned.submission_id = issue.submission_id and returned.stage = 'counting'
    and returned.decision = 'returned'"""

EVENTS = """
alter table ops.account_event drop constraint account_event_kind_check;
alter table ops.account_event add constraint account_event_kind_check check (kind in (
    'invited', 'invitation_accepted', 'signed_in', 'sign_in_failed', 'signed_out', 'password_changed',
    'second_factor_on', 'second_factor_off', 'reset', 'disabled', 'uploaded', 'upload_refused', 'retracted', 'typed',
    'warning_confirmed'{more}));
"""

DOWNGRADE = """
drop view ops.awaiting_approval;
drop view ops.report_version;
drop view ops.accepted_verdict;
drop view ops.decision;
drop table ops.report_approval;
drop table ops.approval_request;
revoke usage on sequence ops.submission_verdict_accepted_seq_seq from baocao_loader;
delete from ops.account_event where kind in ('report_approved', 'report_returned');
"""


def upgrade() -> None:
    as_of = AS_OF.format(decisions="ops.decision", accepted="is_accepted")
    events = EVENTS.format(more=", 'report_approved', 'report_returned'")
    replaced_at = "least(replacement.replaced_at, returned.decided_at)"
    warnings = WARNINGS.format(verdicts="ops.accepted_verdict", returned=RETURNED, replaced_at=replaced_at)
    for statements in (TABLES, VIEWS, warnings, as_of, events):
        op.execute(statements)


def downgrade() -> None:
    as_of = AS_OF.format(decisions="ops.submission_verdict", accepted="status <> 'rejected'")
    warnings = WARNINGS.format(verdicts="ops.submission_verdict", returned="", replaced_at="replacement.replaced_at")
    for statements in (as_of, warnings, DOWNGRADE, EVENTS.format(more="")):
        op.execute(statements)
