"""What is to be said and what was: alerts become frozen messages, and messages are settled.

A message is frozen before it is sent and confirmed after. Between the two a crash can lose the confirmation, never the
message: the next run sends the same text under the same Message-ID, which mail programs show once. ops.message.attempts
counts the times that the text was about to go out, so a message with none was certainly never delivered.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import psycopg
from psycopg.rows import class_row, dict_row

from alerts.messages import Alert, Issue, compose

REASONS_TOLD = 10

DUE = """
select ledger.*, obligation.status as obligation_status, obligation.lines_required, obligation.unit_level,
       programmes.name_vi as programme_name, scheduled.deadline_phrase_vi as phrase_vi, named.unit_name,
       (select string_agg(email, ', ' order by email) from ops.contact
        where contact.unit_code = ledger.unit_code and contact.agency_code = ledger.agency_code
            and contact.role = ledger.audience and contact.email is not null) as recipient
from ops.alert_ledger as ledger
join marts.fct_report_obligation as obligation
    using (programme_code, period, unit_id, agency_code, deadline_revision)
join catalogue.programmes using (programme_code)
left join intermediate.int_reports__scheduled as scheduled using (programme_code, period, unit_id, agency_code)
left join lateral (
    select unit_name from geography.org_units where org_units.unit_id = ledger.unit_id
    order by valid_from desc nulls last limit 1) as named on true
where ledger.status = 'planned' and ledger.message_id is null and ledger.planned_at <= %(moment)s
order by ledger.deadline_at, ledger.programme_code, ledger.unit_code, ledger.agency_code
"""

ISSUES = """
select sheet, coalesce(cell, 'dòng ' || line) as place, raw, message_vi as message
from ops.submission_issue
where severity = 'critical' and submission_id = (
    select submission_id from ops.submission_verdict join raw.submission using (submission_id)
    where status = 'rejected' and programme_code = %(programme_code)s and period = %(period)s
        and unit_code = %(unit_code)s and agency_code = %(agency_code)s
    order by accepted_seq desc limit 1)
order by issue_id
"""


@dataclass(frozen=True)
class Frozen:
    """A message as it was or will be sent."""

    message_id: str
    recipient: str
    subject: str
    body_text: str
    body_html: str
    frozen_at: datetime


def due(connection: psycopg.Connection, moment: datetime) -> dict[str, list[Alert]]:
    """What is planned by the moment and not yet put into a message, by recipient ("a@x, b@x" where a unit has two)."""
    found: dict[str, list[Alert]] = {}
    for row in connection.cursor(row_factory=dict_row).execute(DUE, {"moment": moment}).fetchall():
        found.setdefault(row["recipient"], []).append(_alert(connection, row))
    return found


def freeze(connection: psycopg.Connection, recipient: str, alerts: list[Alert], moment: datetime) -> str:
    """Keep the message for these alerts as it will be sent, and tie the ledger to it; returns its Message-ID.

    A withdrawn message about the same alerts comes back: as it was where it may have been delivered, else anew.
    """
    message_id = identify(recipient, alerts)
    text = compose(alerts, moment)
    connection.execute(
        "delete from ops.message where message_id = %s and status = 'failed' and attempts = 0", [message_id]
    )
    connection.execute(
        "insert into ops.message (message_id, channel, recipient, subject, body_text, body_html, status, frozen_at) "
        "values (%s, 'email', %s, %s, %s, %s, 'frozen', %s) "
        "on conflict (message_id) do update set status = 'frozen', last_error = null where message.status = 'failed'",
        [message_id, recipient, text.subject, text.plain, text.html, moment],
    )
    connection.execute(
        "update ops.alert_ledger set message_id = %s where ledger_id = any(%s)",
        [message_id, [alert.ledger_id for alert in alerts]],
    )
    return message_id


def identify(recipient: str, alerts: Iterable[Alert]) -> str:
    """A Message-ID that follows from the recipient and what the message is about, and from nothing else."""
    told = sorted("/".join(alert.key) for alert in alerts)
    digest = sha256("\n".join([recipient, *told]).encode()).hexdigest()
    return f"<{digest[:40]}@baocao.invalid>"


def frozen(connection: psycopg.Connection, moment: datetime) -> list[Frozen]:
    """Messages that were frozen by the moment and that no server has confirmed yet, the oldest first."""
    return (
        connection.cursor(row_factory=class_row(Frozen))
        .execute(
            "select message_id, recipient, subject, body_text, body_html, frozen_at from ops.message "
            "where status = 'frozen' and channel = 'email' and frozen_at <= %s order by frozen_at, message_id",
            [moment],
        )
        .fetchall()
    )


def settle(connection: psycopg.Connection, message_id: str, status: str, moment: datetime, error: str = "") -> None:
    """A server took the message (`sent`) or never will (`failed`): the alerts it carries are settled with it."""
    connection.execute(
        "update ops.message set status = %s, last_error = nullif(%s, ''), "
        "sent_at = case when %s = 'sent' then %s::timestamptz end where message_id = %s",
        [status, error, status, moment, message_id],
    )
    connection.execute(
        "update ops.alert_ledger set status = %s, settled_at = %s where message_id = %s and status = 'planned'",
        [status, moment, message_id],
    )


def note_attempt(connection: psycopg.Connection, message_id: str) -> None:
    """The text is about to go out: from the commit of this on it may have been delivered."""
    connection.execute("update ops.message set attempts = attempts + 1 where message_id = %s", [message_id])


def note_failure(connection: psycopg.Connection, message_id: str, error: str) -> None:
    """No server took it now: the message stays frozen for the next run."""
    connection.execute("update ops.message set last_error = %s where message_id = %s", [error, message_id])


def settle_as_logged(connection: psycopg.Connection, alerts: list[Alert], moment: datetime) -> None:
    """Nothing can be sent here; the text stands in the log."""
    connection.execute(
        "update ops.alert_ledger set status = 'logged', settled_at = %s where ledger_id = any(%s)",
        [moment, [alert.ledger_id for alert in alerts]],
    )


def _alert(connection: psycopg.Connection, row: dict[str, Any]) -> Alert:
    issues: list[Issue] = []
    if row["obligation_status"] == "rejected":
        issues = connection.cursor(row_factory=class_row(Issue)).execute(ISSUES, row).fetchall()
    return Alert(
        ledger_id=row["ledger_id"],
        key=tuple(
            str(row[name])
            for name in (
                "programme_code",
                "period",
                "unit_id",
                "agency_code",
                "deadline_revision",
                "stage",
                "audience",
                "channel",
            )
        ),
        programme_code=row["programme_code"],
        programme_name=row["programme_name"],
        period=row["period"],
        unit_code=row["unit_code"],
        unit_name=row["unit_name"] or row["unit_code"],
        agency_code=row["agency_code"],
        deadline_at=row["deadline_at"],
        phrase=row["phrase_vi"] or "",
        lines_required=row["lines_required"],
        is_rejected=row["obligation_status"] == "rejected",
        reasons=tuple(issues[:REASONS_TOLD]),
        reasons_untold=max(0, len(issues) - REASONS_TOLD),
    )
