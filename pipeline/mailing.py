"""The step `mail_receipts`: what became of each file, or of each mail, is sent to the contact of its unit, once; so is
what waits for an approval to its approver, what an approver returned to its sender, and what was changed of an account
to its holder.

plan → enqueue one message a recipient and file → send → confirm. Each arrow is a commit, as for reminders.
"""

from dataclasses import asdict, dataclass

from alerts import delivery
from alerts.channels import opening
from alerts.ledger import accounts, answers, approvals, outbox, receipts
from alerts.message import Kind
from pipeline import attachments, runs
from warehouse import database
from warehouse.errors import BaocaoError
from warehouse.logging import get_logger
from warehouse.settings import get_settings

log = get_logger(__name__)

FAILURES_IN_A_ROW = 1
"""A mail server that does not respond is left alone after one letter: files that arrive meanwhile wait for no more."""


@dataclass
class Mailed:
    """What a run did: letters planned, planned again after they had failed; messages sent, refused, given up after
    days without an answer, or left waiting.
    """

    planned: int = 0
    retried: int = 0
    sent: int = 0
    refused: int = 0
    given_up: int = 0
    waiting: int = 0


def mail_receipts(retry_failed: bool = False) -> Mailed:
    """Send the receipts of recent verdicts to the e-mail contacts of their units; retry_failed: failed ones as well.

    Without BAOCAO_SMTP_URL nothing is planned. Raises Unreachable when the server takes nothing now; the messages stay
    queued for the next run.
    """
    done = Mailed()
    if get_settings().smtp_url is None:
        return done
    with runs.recorded("mail_receipts") as run, database.connect("owner") as connection:
        try:
            if not receipts.is_ready(connection):
                return done
            for planned in (accounts, receipts, approvals):
                done.planned += planned.plan(connection, run.as_of)
            ledgers = (accounts, receipts, answers, approvals)
            if retry_failed:
                done.retried = sum(ledger.retry(connection, run.as_of) for ledger in ledgers)
            connection.commit()
            for ledger in ledgers:
                ledger.enqueue(connection, run.run_id, run.as_of)
            kinds: tuple[Kind, ...] = ("account", "receipt", "answer", "approval")
            queued = [each for kind in kinds for each in outbox.queued(connection, kind, ["email"], run.as_of)]
            connection.commit()
            with opening.open_channels() as usable, attachments.opened() as files:
                under_way = delivery.Delivery(run.as_of, files.of, FAILURES_IN_A_ROW)
                under_way.deliver(queued, connection, usable, get_settings().smtp_connections)
            done.sent, done.refused = under_way.sent, under_way.refused
            done.given_up, done.waiting = under_way.given_up, under_way.waiting
        finally:
            run.detail = asdict(done)
        if under_way.failure:
            raise under_way.failure
    return done


def try_to_mail_receipts() -> None:
    """As mail_receipts, for whoever receives files: a mail server that fails is logged, and the receipts wait."""
    try:
        mail_receipts()
    except BaocaoError as error:
        log.warning("Receipts are not sent and wait for the next run: %s", error)
