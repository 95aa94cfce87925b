"""The step `remind`: overdue reports are told to the units that owe them, once each.

plan → cancel what came meanwhile → freeze one message a recipient → send → confirm. Each arrow is a commit, so a kill
anywhere is carried on by the next run without a second alert.
"""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

import psycopg
import psycopg.rows

from alerts import ledger, messages, planning, smtp
from pipeline import runs
from warehouse import database
from warehouse.logging import get_logger
from warehouse.settings import get_settings

log = get_logger(__name__)


@dataclass
class Reminded:
    """What a run did: alerts planned, cancelled, logged or without contact; messages sent, refused or left waiting."""

    planned: int = 0
    cancelled: int = 0
    no_contact: int = 0
    logged: int = 0
    sent: int = 0
    refused: int = 0
    waiting: int = 0


def remind() -> Reminded:
    """Tell what is overdue now.

    Without BAOCAO_SMTP_URL the texts go to the log. Raises smtp.Unreachable when no server takes the messages now;
    they stay frozen and the next run sends them.
    """
    done = Reminded()
    with runs.recorded("remind") as run, database.connect("owner") as connection:
        try:
            planning.look_at(connection, run.moment)
            connection.commit()
            if planning.knows_obligations(connection):
                _tell(connection, run, done)
        finally:
            run.detail = asdict(done)
    return done


def listed(connection: psycopg.Connection) -> list[dict[str, Any]]:
    """The ledger, newest first, for people and programs."""
    cursor = connection.cursor(row_factory=psycopg.rows.dict_row)
    return cursor.execute(
        "select ledger.programme_code, ledger.period, ledger.unit_id, ledger.unit_code, ledger.agency_code, "
        "ledger.deadline_revision, ledger.deadline_at, ledger.stage, ledger.audience, ledger.channel, ledger.status, "
        "ledger.message_id, ledger.planned_at, ledger.settled_at, message.attempts, message.sent_at, "
        "message.last_error from ops.alert_ledger as ledger left join ops.message using (message_id) "
        "order by ledger.planned_at desc, ledger.ledger_id"
    ).fetchall()


def _tell(connection: psycopg.Connection, run: runs.Run, done: Reminded) -> None:
    done.planned = planning.plan(connection, run.moment)
    connection.commit()
    done.cancelled = planning.cancel(connection, run.moment)
    unreachable = planning.match_contacts(connection)
    connection.commit()
    done.no_contact = len(unreachable)
    for (programme, period), count in Counter(row[1:] for row in unreachable).items():
        units = ", ".join(row[0] for row in unreachable if row[1:] == (programme, period))
        log.warning("%s %s: %d overdue reports without a contact to write to: %s", programme, period, count, units)
    url = get_settings().smtp_url
    if url:
        _freeze(connection, run)
        _send(connection, run, url, done)
    else:
        _log(connection, run, done)


def _freeze(connection: psycopg.Connection, run: runs.Run) -> None:
    for recipient, alerts in ledger.due(connection, run.moment).items():
        ledger.freeze(connection, recipient, alerts, run.moment)
    connection.commit()


def _send(connection: psycopg.Connection, run: runs.Run, url: str, done: Reminded) -> None:
    """Send what is frozen, this run's and what a killed run left; the first sign of no server ends the attempt."""
    frozen = ledger.frozen(connection, run.moment)
    connection.commit()

    def note_attempt(message: ledger.Frozen) -> None:
        ledger.note_attempt(connection, message.message_id)
        connection.commit()

    with smtp.mailer(url) as mailer:
        for number, message in enumerate(frozen):
            try:
                mailer.send(message, note_attempt)
            except smtp.Refused as error:
                ledger.settle(connection, message.message_id, "failed", run.moment, str(error))
                done.refused += 1
                log.warning("%s is refused for good: %s", message.message_id, error)
            except smtp.Unreachable as error:
                ledger.note_failure(connection, message.message_id, str(error))
                connection.commit()
                done.waiting = len(frozen) - number
                raise
            else:
                ledger.settle(connection, message.message_id, "sent", run.moment)
                done.sent += 1
            connection.commit()


def _log(connection: psycopg.Connection, run: runs.Run, done: Reminded) -> None:
    """No server is set: the texts stand in the log, without anybody's address."""
    for alerts in ledger.due(connection, run.moment).values():
        text = messages.compose(alerts, run.moment)
        log.info("BAOCAO_SMTP_URL is not set, so this is not sent.\n%s\n\n%s", text.subject, text.plain)
        ledger.settle_as_logged(connection, alerts, run.moment)
        done.logged += len(alerts)
    connection.commit()
