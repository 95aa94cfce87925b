"""Files of mails become submissions: received as any file, with the mail as their origin."""

import hashlib
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path, PureWindowsPath
from typing import NamedTuple
from uuid import UUID

import psycopg

from accounts import registry
from alerts.answer import REASONS
from alerts.ledger import answers
from ingest.mail.attached import Attached
from pipeline import receipt_files, receiving
from pipeline.mailbox import records, returned
from pipeline.mailbox.deciding import Decision
from pipeline.mailbox.records import Row
from warehouse import clock, database
from warehouse.errors import BaocaoError
from warehouse.logging import get_logger

log = get_logger(__name__)

FAILED = Decision("waiting", "failed")
PASSING = (BaocaoError, psycopg.OperationalError)
"""What is no fault of a mail, as a database that is gone: everything is tried again by the next run."""


class Taken(NamedTuple):
    """A mail of the inbox, its row, and what is to become of it."""

    uid: str
    row: Row
    decision: Decision


def settle(batch: Sequence[Taken]) -> list[Row]:
    """Receive the files of these mails, and settle each mail; returns their rows as they are then.

    A mail that something fails at waits for a person, and stops no other.
    """
    failed = _not_received([taken for taken in batch if taken.decision.status == "receiving"])
    return [_settled(taken._replace(decision=FAILED) if taken.row.mail_no in failed else taken) for taken in batch]


def _not_received(handed_in: Sequence[Taken]) -> set[int]:
    """Receive the files of mails at once, or of each alone where that fails; returns the mails that it failed for."""
    mails = [(taken.row.mail_no, taken.decision.letters, taken.decision.files) for taken in handed_in]
    try:
        receive(mails)
    except PASSING:
        raise
    except Exception:
        log.exception("The files of mails %s could not be received", ", ".join(str(number) for number, *_ in mails))
        if len(handed_in) == 1:
            return {handed_in[0].row.mail_no}
        return {number for taken in handed_in for number in _not_received([taken])}
    return set()


def receive(mails: Sequence[tuple[int, Sequence[str], Sequence[Attached]]]) -> None:
    """Receive the files of mails, each with its number and the letters that it answers, in their order.

    What is received of each is noted first: a run that is killed leaves no submission without its origin. What such a
    run has received is not received again: behind its decided correction it would be a report that was put back.
    Raises BaocaoError where a file could not be received, for no fault of its own: it is tried again.
    """
    if not mails:
        return
    missing: list[Attached] = []
    with database.connect("loader") as connection:
        for mail_no, letters, files in mails:
            records.begin(connection, mail_no, list(letters), [_sha256(file) for file in files])
            known = records.brought(connection, mail_no)
            missing += [file for file in files if _sha256(file) not in known]
    folder = Path(tempfile.mkdtemp(prefix="baocao-mail-"))
    try:
        paths = [_put(folder, file) for file in missing]
        receipts = receiving.receive_files([str(path) for path in paths], from_inbox=False)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if {_sha256(file) for file in missing} - {receipt.sha256 for receipt in receipts}:
        raise BaocaoError("Files of mails could not be received; the mails stay in the mailbox for the next run.")


def finish(connection: psycopg.Connection, mail_no: int, account_id: UUID | None = None) -> str | None:
    """A mail whose files are received is the origin of their submissions; returns `duplicate` where they had one.

    account_id: the sender's account, which approves no report of its own; where none is given, it is looked up.
    """
    row = records.get(connection, mail_no)
    if account_id is None and row and (account := registry.find(connection, row.sender)):
        account_id = account.account_id
    is_new = records.add_origins(connection, mail_no, account_id) > 0
    reason = None if is_new else "duplicate"
    records.settle(connection, mail_no, "received", reason, "")
    return reason


def _settled(taken: Taken) -> Row:
    mail_no = taken.row.mail_no
    try:
        with database.connect("loader") as connection:
            _settle(connection, mail_no, taken.decision)
    except PASSING:
        raise
    except Exception:
        log.exception("Mail %d could not be settled", mail_no)
        with database.connect("loader") as connection:
            records.settle(connection, mail_no, "waiting", FAILED.reason, "")
    with database.connect("loader") as connection:
        settled = records.get(connection, mail_no)
    assert settled is not None
    return settled


def _settle(connection: psycopg.Connection, mail_no: int, decision: Decision) -> None:
    if decision.status == "receiving":
        reason = finish(connection, mail_no, decision.account_id)
    else:
        reason = decision.reason
        records.begin(connection, mail_no, list(decision.letters), [])
        records.settle(connection, mail_no, decision.status, reason, decision.detail)
    if decision.is_known and reason and REASONS[reason].vietnamese:
        answers.plan(connection, mail_no, clock.now())
    if decision.bounce:
        returned.mark(connection, mail_no, decision.bounce)


def _put(folder: Path, file: Attached) -> Path:
    """Under its own name, in a folder of its own: two files may have one name."""
    name = receipt_files.short(PureWindowsPath(file.name).name)
    own = Path(tempfile.mkdtemp(dir=folder))
    path = own / (name if name.strip(". ") else "tep")
    path.write_bytes(file.content)
    return path


def _sha256(file: Attached) -> str:
    return hashlib.sha256(file.content).hexdigest()
