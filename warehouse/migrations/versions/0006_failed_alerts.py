"""Alerts that nobody took: on how many days in vain, what was said last, and which address of several took a post;
a contact's e-mail may stand beside each of its webhooks."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UPGRADE = """
alter table ops.alert_ledger add column last_error text, add column unanswered_on date,
    add column unanswered_days integer not null default 0;
update ops.alert_ledger set last_error = message.last_error
from ops.message where message.message_id = alert_ledger.message_id and alert_ledger.status in ('planned', 'failed');
alter table ops.message add column taken_by text[] not null default '{}';
drop index ops.contact_key;
create unique index contact_key on ops.contact
    (unit_code, agency_code, role, coalesce(email, ''), coalesce(webhook, ''));
create index alert_ledger_failed on ops.alert_ledger (status) where status = 'failed';
comment on column ops.alert_ledger.unanswered_days is 'Days on which it was tried and nobody took it.';
comment on column ops.message.taken_by is 'Of a post to several addresses, those that took it.';
"""

DOWNGRADE = """
drop index ops.alert_ledger_failed;
drop index ops.contact_key;
delete from ops.contact as later using ops.contact as one
where (later.unit_code, later.agency_code, later.role, coalesce(later.email, later.webhook))
    = (one.unit_code, one.agency_code, one.role, coalesce(one.email, one.webhook)) and later.ctid > one.ctid;
create unique index contact_key on ops.contact (unit_code, agency_code, role, coalesce(email, webhook));
alter table ops.message drop column taken_by;
alter table ops.alert_ledger drop column last_error, drop column unanswered_on, drop column unanswered_days;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
