"""The step `remind`: remind who owes a report, the level above and the owner, once a stage; and who sent a report of
its warnings that nobody confirmed.

plan → cancel what came meanwhile → enqueue one message a recipient → send → confirm. Each arrow is a commit, so a kill
anywhere is carried on by the next run without a second alert.
"""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

import psycopg
import psycopg.rows

from alerts import delivery, digest
from alerts.channels import opening
from alerts.channels.base import Channel, Unreachable
from alerts.ledger import outbox, planning, retries, warnings
from alerts.message import Kind
from pipeline import attachments, catalogue_decisions, runs
from warehouse import database, queries
from warehouse.logging import get_logger
from warehouse.settings import get_settings

log = get_logger(__name__)

LISTED = queries.load(__file__, "listed_alerts")

NAMED = 10
"""Units that a warning names; the others are counted."""


@dataclass
class Reminded:
    """What a run did: alerts planned, planned again after they had failed (retried) or were only logged (resumed),
    cancelled, logged, without contact, failed; messages sent, refused, given up after days without an answer, or left
    waiting.
    """

    planned: int = 0
    retried: int = 0
    resumed: int = 0
    cancelled: int = 0
    no_contact: int = 0
    logged: int = 0
    sent: int = 0
    refused: int = 0
    given_up: int = 0
    waiting: int = 0
    failed: int = 0


def remind(retry_failed: bool = False) -> Reminded:
    """Send what is due now on the ladder of each outstanding report; retry_failed: what has failed as well.

    Without BAOCAO_SMTP_URL letters go to the log. Raises Unreachable when nobody takes the messages now; they
    stay queued and the next run sends what is then to be told.
    """
    done = Reminded()
    catalogue_decisions.complete()
    with runs.recorded("remind") as run, database.connect("owner") as connection:
        try:
            if planning.has_obligations(connection):
                planning.create_outstanding_table(connection, run.as_of)
                connection.commit()
                _send_alerts(connection, run, done, retry_failed)
        finally:
            run.detail = asdict(done)
    return done


def listed(connection: psycopg.Connection, status: str | None = None) -> list[dict[str, Any]]:
    """The ledgers of all letters or their rows of one status, newest first, for people and programs."""
    cursor = connection.cursor(row_factory=psycopg.rows.dict_row)
    return cursor.execute(LISTED, [status]).fetchall()


def _send_alerts(connection: psycopg.Connection, run: runs.Run, done: Reminded, retry_failed: bool) -> None:
    failed = retries.failed(connection)
    done.planned = planning.plan(connection, run.as_of) + _plan_warnings(connection, run)
    if retry_failed:
        done.retried = retries.retry(connection, run.as_of) + warnings.retry(connection, run.as_of)
    connection.commit()
    done.cancelled = planning.cancel(connection, run.as_of) + warnings.cancel(connection, run.as_of)
    unreachable = [*planning.match_contacts(connection), *warnings.match_contacts(connection)]
    connection.commit()
    done.no_contact = len(unreachable)
    _warn(unreachable)
    with opening.open_channels() as usable:
        done.resumed = retries.send_logged(connection, usable, run.as_of)
        _enqueue(connection, run, usable, done)
        failure = _send(connection, run, usable, done)
    done.failed = retries.failed(connection) - failed + done.retried
    if done.failed:
        log.warning("%d alerts have failed: `baocao alerts list --status failed` shows why", done.failed)
    if failure:
        raise failure


def _plan_warnings(connection: psycopg.Connection, run: runs.Run) -> int:
    """Letters alone: without a mail server the pages say what waits, and nothing is planned."""
    return warnings.plan(connection, run.as_of) if get_settings().smtp_url else 0


def _warn(unreachable: list[tuple[str, str, str, str]]) -> None:
    """Nobody to write to is worth a warning a programme, period and audience, with the units it is about."""
    for (programme, period, audience), count in Counter(row[1:] for row in unreachable).items():
        units = sorted({row[0] for row in unreachable if row[1:] == (programme, period, audience)})
        named = ", ".join(units[:NAMED]) + (f" and {len(units) - NAMED} more" if len(units) > NAMED else "")
        log.warning("%s %s: %d reports without a %s to write to: %s", programme, period, count, audience, named)


def _enqueue(connection: psycopg.Connection, run: runs.Run, usable: dict[str, Channel], done: Reminded) -> None:
    """One message a recipient; what has no channel is logged."""
    for (channel, recipient), alerts in outbox.due(connection, run.as_of).items():
        if channel in usable:
            outbox.enqueue(connection, run.run_id, channel, recipient, alerts, run.as_of)
        else:
            _log(connection, run, alerts, done)
    if "email" in usable:
        warnings.enqueue(connection, run.run_id, run.as_of)
    connection.commit()


def _send(
    connection: psycopg.Connection, run: runs.Run, usable: dict[str, Channel], done: Reminded
) -> Unreachable | None:
    """Send what is queued, this run's and what a killed run left. Returns the last error of those that wait:
    the step then fails, so that somebody looks.
    """
    kinds: tuple[Kind, ...] = ("digest", "warning")
    queued = [each for kind in kinds for each in outbox.queued(connection, kind, usable, run.as_of)]
    connection.commit()
    with attachments.opened() as files:
        under_way = delivery.Delivery(run.as_of, files.of)
        under_way.deliver(queued, connection, usable, get_settings().smtp_connections)
    done.sent, done.refused = under_way.sent, under_way.refused
    done.given_up, done.waiting = under_way.given_up, under_way.waiting
    return under_way.failure


def _log(connection: psycopg.Connection, run: runs.Run, alerts: list[digest.Alert], done: Reminded) -> None:
    """No server is set: the text is logged, without anybody's address."""
    text = digest.compose(alerts, run.as_of)
    log.info("BAOCAO_SMTP_URL is not set, so this is not sent.\n%s\n\n%s", text.subject, text.plain)
    outbox.settle_as_logged(connection, alerts, run.as_of)
    done.logged += len(alerts)
