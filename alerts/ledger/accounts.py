"""Letters to the holder of an account about what was changed of it: planned from the audit trail, once an event.

plan → enqueue → send → confirm, as for receipts: whatever is changed stays changed where no mail server takes the
letter, and the letter waits.
"""

from datetime import datetime
from itertools import groupby
from operator import itemgetter

import psycopg
from psycopg.rows import dict_row

from alerts import account_change
from alerts.ledger import outbox
from warehouse import queries

DAYS = 5
"""What is older is no news any more: who sets a mail server later does not write about a change of last year."""

PLAN = """
insert into ops.account_ledger (event_id, status, planned_at)
select event.event_id, 'planned', %(at)s from ops.account_event as event
where event.happened_at <= %(at)s and event.happened_at > %(at)s - make_interval(days => %(days)s)
    and event.account_id is not null and event.kind = any(%(kinds)s)
    and (event.kind <> 'invitation_accepted' or exists (
        select from ops.account_event as earlier
        where earlier.account_id = event.account_id and earlier.kind = 'reset' and earlier.event_id < event.event_id))
order by event.event_id
on conflict do nothing
"""
"""An invitation that is accepted is a recovery where the account was reset before; the first one changes nothing."""

RETRY = """
update ops.account_ledger
set status = 'planned', message_id = null, planned_at = %(at)s, settled_at = null, unanswered_days = 0,
    unanswered_on = null
where status = 'failed' and settled_at <= %(at)s
"""
DUE = queries.load(__file__, "due_account_changes")


def plan(connection: psycopg.Connection, at: datetime) -> int:
    """Ledger rows for recent events that have none; returns how many."""
    values = {"at": at, "days": DAYS, "kinds": list(account_change.CHANGES)}
    return connection.execute(PLAN, values).rowcount


def retry(connection: psycopg.Connection, at: datetime) -> int:
    """Plan letters again that nobody took; returns how many."""
    return connection.execute(RETRY, {"at": at}).rowcount


def enqueue(connection: psycopg.Connection, run_id: int, at: datetime) -> None:
    """A message for each account with planned letters, and the ledger tied to it."""
    rows = connection.cursor(row_factory=dict_row).execute(DUE, {"at": at}).fetchall()
    for recipient, group in groupby(rows, key=itemgetter("email")):
        changes = list(group)
        message_id = outbox.identify("email", recipient, f"{run_id} account")
        outbox.insert(connection, message_id, "account", "email", recipient, account_change.compose(changes), at)
        connection.execute(
            "update ops.account_ledger set message_id = %s where ledger_id = any(%s)",
            [message_id, [change["ledger_id"] for change in changes]],
        )
