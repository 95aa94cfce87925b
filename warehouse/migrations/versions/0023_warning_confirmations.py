"""Warnings that their sender is to confirm or correct, and what was confirmed: rows that only grow."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

UPGRADE = """
alter table ops.submission_issue
    add column indicator_code text,
    add column needs_confirmation boolean not null default false;
comment on column ops.submission_issue.indicator_code is
    'The indicator that it is about; empty for what is about the whole report, and in rows of earlier releases.';
comment on column ops.submission_issue.needs_confirmation is
    'Whether the rule asked the sender to confirm or correct (gate_rules.needs_confirmation when the gate decided).';
create index submission_issue_needs_confirmation on ops.submission_issue (submission_id) where needs_confirmation;

create table ops.warning_confirmation (
    confirmation_id bigint generated always as identity primary key,
    issue_id bigint not null references ops.submission_issue,
    submission_id uuid not null references raw.submission,
    reason text not null check (length(reason) between 1 and 500),
    confirmed_at timestamptz not null,
    account_id uuid references ops.account,
    confirmed_by text check (account_id is null or confirmed_by is null),
    check (account_id is not null or confirmed_by is not null)
);
comment on table ops.warning_confirmation is
    'One row per confirmation of a warning by its sender: the figure is right, and why. Append-only; the newest '
    'counts, and earlier ones stay.';
comment on column ops.warning_confirmation.account_id is 'Who confirmed it on the pages; empty for the command line.';
comment on column ops.warning_confirmation.confirmed_by is
    'On the command line: which office said so, and how, such as "UBND phường Đa Mai, điện thoại".';
create index warning_confirmation_issue on ops.warning_confirmation (issue_id, confirmation_id);
create trigger append_only before update on ops.warning_confirmation
for each statement execute function ops.refuse_change();
revoke update on ops.warning_confirmation from baocao_loader;

create view ops.report_warning as
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
    replacement.replaced_at,
    replacement.replaced_at is null as is_in_force,
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
    join ops.submission_verdict as later_verdict using (submission_id)
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
where issue.needs_confirmation and issue.severity = 'warning' and verdict.status <> 'rejected';
comment on view ops.report_warning is
    'One row per warning of an accepted report that its sender is to confirm or correct, with the newest confirmation. '
    'is_in_force: no later accepted report has replaced the line; replaced_at: when one did.';

alter table ops.account_event drop constraint account_event_kind_check;
alter table ops.account_event add constraint account_event_kind_check check (kind in (
    'invited', 'invitation_accepted', 'signed_in', 'sign_in_failed', 'signed_out', 'password_changed',
    'second_factor_on', 'second_factor_off', 'reset', 'disabled', 'uploaded', 'upload_refused', 'retracted', 'typed',
    'warning_confirmed'));
"""

DOWNGRADE = """
delete from ops.account_event where kind = 'warning_confirmed';
alter table ops.account_event drop constraint account_event_kind_check;
alter table ops.account_event add constraint account_event_kind_check check (kind in (
    'invited', 'invitation_accepted', 'signed_in', 'sign_in_failed', 'signed_out', 'password_changed',
    'second_factor_on', 'second_factor_off', 'reset', 'disabled', 'uploaded', 'upload_refused', 'retracted', 'typed'));
drop view ops.report_warning;
drop table ops.warning_confirmation;
alter table ops.submission_issue drop column needs_confirmation, drop column indicator_code;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
