"""The outbox: alerts become queued messages, and messages are settled.

A message is queued before it is sent and confirmed after. Between the two a crash can lose the confirmation, never the
message: the next run sends the same text under the same Message-ID, which mail programs show once. ops.message.attempts
counts the times that the text was about to go out, so a message with none was certainly never delivered.
"""

import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row, dict_row

from alerts import issues
from alerts.digest import Alert, ReceivedCounts, compose
from alerts.issues import Issue
from alerts.message import Kind, QueuedMessage
from alerts.templating import Text
from warehouse import queries
from warehouse.clock import ZONE
from warehouse.postgres import passwords
from warehouse.settings import get_settings

LEDGERS: dict[Kind, str] = {
    "digest": "ops.alert_ledger",
    "receipt": "ops.receipt_ledger",
    "answer": "ops.answer_ledger",
    "approval": "ops.approval_ledger",
    "warning": "ops.warning_ledger",
    "account": "ops.account_ledger",
}
"""The table whose rows a message of each kind carries."""

DUE = queries.load(__file__, "due_alerts")
RECEIVED = queries.load(__file__, "received_counts")

LAST_REJECTED = """
select submission_id from ops.submission_verdict join raw.submission using (submission_id)
where status = 'rejected' and programme_code = %(programme_code)s and period = %(period)s
    and unit_code = %(unit_code)s and agency_code = %(agency_code)s
order by accepted_seq desc limit 1
"""


def due(connection: psycopg.Connection, at: datetime) -> dict[tuple[str, str], list[Alert]]:
    """What is planned by then and not yet put into a message, by channel and recipient ("a@x, b@x" for two).

    Left out for now: who was written to on this day already, and who has a message under way that may have been
    delivered; each gets one digest a day.
    """
    values = {"at": at, "today": at.astimezone(ZONE).date(), "webhook_url": get_settings().webhook_url}
    found: dict[tuple[str, str], list[Alert]] = {}
    rows = connection.cursor(row_factory=dict_row).execute(DUE, values).fetchall()
    counts = _received(connection) if any(row["audience"] != "reporter" for row in rows) else {}
    for row in rows:
        key = row["audience"], row["programme_code"], row["period"], row["addressed_code"]
        found.setdefault((row["channel"], row["recipient"]), []).append(_alert(connection, row, counts.get(key)))
    return found


def _received(connection: psycopg.Connection) -> dict[tuple[str, str, str, str], ReceivedCounts]:
    """The reports that were received, by audience, programme, period and the unit that follows them."""
    return {
        (audience, programme, period, scope): ReceivedCounts(scope, *counts)
        for audience, programme, period, scope, *counts in connection.execute(RECEIVED)
    }


def enqueue(
    connection: psycopg.Connection, run_id: int, channel: str, recipient: str, alerts: list[Alert], at: datetime
) -> str:
    """Keep the message for these alerts as it will be sent, and tie the ledger to it; returns its Message-ID."""
    message_id = identify(channel, recipient, run_id)
    text = compose(alerts, at, channel, takes_replies=takes_replies())
    insert(connection, message_id, "digest", channel, recipient, text, at)
    connection.execute(
        "update ops.alert_ledger set message_id = %s where ledger_id = any(%s)",
        [message_id, [alert.ledger_id for alert in alerts]],
    )
    return message_id


def insert(
    connection: psycopg.Connection,
    message_id: str,
    kind: Kind,
    channel: str,
    recipient: str,
    text: Text,
    at: datetime,
    in_reply_to: str | None = None,
    thread: Sequence[str] = (),
) -> None:
    """Keep a message as it will be sent. in_reply_to, thread: of a letter that answers a mail."""
    is_open = channel == "email" and kind != "account" and takes_replies()
    connection.execute(
        "insert into ops.message (message_id, kind, channel, recipient, subject, body_text, body_html, status, "
        "queued_at, audit_head, takes_replies, in_reply_to, thread) "
        "values (%s, %s, %s, %s, %s, %s, %s, 'queued', %s, ops.audit_head(), %s, %s, %s)",
        [
            *(message_id, kind, channel, recipient, text.subject, text.plain, text.html, at),
            *(is_open, in_reply_to, list(thread)),
        ],
    )


def takes_replies() -> bool:
    """Whether reports may be handed in by answering letters: a mailbox is watched."""
    return get_settings().mailbox_url is not None


def identify(channel: str, recipient: str, about: object) -> str:
    """A Message-ID that follows from the recipient and what it is about: of a digest the run, whatever is in it.

    160 bits of an HMAC under a secret of this home: who knows it has had the letter, since mail programs send it back
    in In-Reply-To and References. It is the letter's token (docs/reporting-by-mail.md).
    """
    about_whom = "\n".join([channel, recipient, str(about)]).encode()
    token = hmac.digest(passwords.get("letters").encode(), about_whom, "sha256").hex()[:40]
    return f"<{token}@baocao.invalid>"


def queued(connection: psycopg.Connection, kind: Kind, channels: Iterable[str], at: datetime) -> list[QueuedMessage]:
    """Messages of a kind that were queued by then and that nobody has confirmed yet, in the order of their ledger."""
    return (
        connection.cursor(row_factory=class_row(QueuedMessage))
        .execute(
            "select message_id, channel, recipient, subject, body_text, body_html, queued_at, taken_by, "
            "kind, audit_head, takes_replies, in_reply_to, thread from ops.message "
            "where status = 'queued' and kind = %s and channel = any(%s) and queued_at <= %s "
            f"order by queued_at, (select min(ledger_id) from {LEDGERS[kind]} as ledger "
            "where ledger.message_id = message.message_id)",
            [kind, list(channels), at],
        )
        .fetchall()
    )


def settle(connection: psycopg.Connection, message: QueuedMessage, status: str, at: datetime, error: str = "") -> None:
    """Somebody took the message (`sent`) or never will (`failed`): the rows of its ledger are settled with it.

    error: what was said by those who refused it.
    """
    connection.execute(
        "update ops.message set status = %s, last_error = nullif(%s, ''), "
        "sent_at = case when %s = 'sent' then %s::timestamptz end where message_id = %s",
        [status, error, status, at, message.message_id],
    )
    connection.execute(
        f"update {LEDGERS[message.kind]} set status = %s, settled_at = %s, last_error = nullif(%s, '') "
        "where message_id = %s and status in ('planned', 'failed')",
        [status, at, error, message.message_id],
    )


def note_attempt(connection: psycopg.Connection, message_id: str) -> None:
    """The text is about to go out: from the commit of this on it may have been delivered."""
    connection.execute("update ops.message set attempts = attempts + 1 where message_id = %s", [message_id])


def note_taken(connection: psycopg.Connection, message_id: str, address: str) -> None:
    """One address of several took the message: the others may be tried again without it."""
    connection.execute(
        "update ops.message set taken_by = array_append(taken_by, %s) where message_id = %s", [address, message_id]
    )


def settle_as_logged(connection: psycopg.Connection, alerts: list[Alert], at: datetime) -> None:
    """Nothing can be sent here; the text is in the log."""
    connection.execute(
        "update ops.alert_ledger set status = 'logged', settled_at = %s where ledger_id = any(%s)",
        [at, [alert.ledger_id for alert in alerts]],
    )


def _alert(connection: psycopg.Connection, row: dict[str, Any], received: ReceivedCounts | None) -> Alert:
    critical: list[Issue] = []
    if row["audience"] == "reporter" and row["status"] == "rejected":
        critical = _critical_issues(connection, row)
    return Alert(
        ledger_id=row["ledger_id"],
        stage=row["stage"],
        audience=row["audience"],
        addressed_name=row["addressed_name"] or row["addressed_code"],
        programme_code=row["programme_code"],
        programme_name=row["programme_name"],
        period=row["period"],
        unit_code=row["unit_code"],
        unit_name=row["unit_name"] or row["unit_code"],
        agency_code=row["agency_code"],
        agency_name=row["agency_name"] or row["agency_code"],
        is_document=row["is_document"],
        deadline_at=row["deadline_at"],
        last_on_time_on=row["last_on_time_on"],
        phrase=row["deadline_phrase_vi"] or "",
        moved_from=row["former_last_on_time_on"],
        moved_by=row["deadline_decided_on"],
        lines_required=row["lines_required"],
        is_rejected=row["status"] == "rejected",
        fulfilled_at=row["fulfilled_at"],
        above_code=row["supervisor_code"],
        above_name=row["above_name"] or row["supervisor_code"],
        reasons=tuple(critical[: issues.LISTED]),
        reasons_omitted=max(0, len(critical) - issues.LISTED),
        addressees=row["addressees_vi"] or "",
        contact=row["contact_vi"] or "",
        received=received,
    )


def _critical_issues(connection: psycopg.Connection, report: dict[str, Any]) -> list[Issue]:
    """Why the report's last rejected submission was rejected."""
    row = connection.execute(LAST_REJECTED, report).fetchone()
    found = issues.of_submissions(connection, row).get(row[0], []) if row else []
    return [issue for issue in found if issue.severity == "critical"]
