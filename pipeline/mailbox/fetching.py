"""Take what has arrived in the mailbox: decide, receive, note the origin, plan the answer, move the mail.

note → decide → receive → settle → move. Each arrow is a commit or an act that may be done again: a mail is found in the
inbox until it is settled, and what is settled is only moved. Nothing is deleted.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

import psycopg

from ingest.mail import access, messages
from ingest.mail.boxes import Box
from ingest.mail.messages import Mail
from pipeline import building, mailing
from pipeline.mailbox import deciding, handing_in, reading, records, waiting
from pipeline.mailbox.deciding import Decision
from pipeline.mailbox.handing_in import FAILED, PASSING, Taken
from pipeline.mailbox.records import Row
from warehouse import database
from warehouse.errors import BaocaoError
from warehouse.logging import get_logger
from warehouse.settings import get_settings

log = get_logger(__name__)

MB = 1_000_000
LARGEST = 60 * MB
"""Of a whole mail, as it is encoded; what is larger is not even fetched."""
MAILS_A_RUN, MAILS_A_BATCH, BYTES_A_BATCH = 500, 50, 64 * MB
"""The gate decides about the files of a batch at once: the last day in time brings many mails."""


@dataclass
class Fetched:
    """What a run did: mails received as reports, ignored, left for a person; moved again after an interruption."""

    received: int = 0
    ignored: int = 0
    waiting: int = 0
    moved: int = 0


def fetch() -> Fetched:
    """Take every mail of the inbox that BAOCAO_MAILBOX_URL names, once; nothing where none is named.

    A mail that cannot be dealt with waits for a person and stops no other. Raises MailboxUnreachable where nobody
    answers, WrongCall for an address that cannot be read, NotKept where the archive is full: the mail stays.
    """
    done = Fetched()
    url = get_settings().mailbox_url
    if url is None:
        return done
    with database.exclusive("mailbox"), access.opened(url) as box:
        uids = box.uids("inbox")[:MAILS_A_RUN]
        if uids:
            building.prepare_catalogue()
        for batch in _batched(box, uids, done):
            counts = Counter(row.status for row in handing_in.settle(batch))
            done.received += counts["received"]
            done.ignored += counts["ignored"]
            done.waiting += counts["waiting"]
            for taken in batch:
                _move(box, taken.uid, taken.row.mail_key)
    log.info("mailbox: %s", ", ".join(f"{count} {name}" for name, count in asdict(done).items()))
    waiting.notify_operator()
    if uids:
        mailing.try_to_mail_receipts()
    return done


def try_to_fetch() -> None:
    """As fetch, for whoever does more than that: a mailbox that fails is logged, and its mails wait."""
    try:
        fetch()
    except BaocaoError as error:
        log.warning("The mailbox is left for the next run: %s", error)


def _batched(box: Box, uids: Sequence[str], done: Fetched) -> Iterator[list[Taken]]:
    """The mails that are not settled yet, with what is to become of them; those that are, are moved."""
    batch: list[Taken] = []
    size = 0
    for uid in uids:
        headers = box.headers("inbox", uid)
        with database.connect("loader", autocommit=True) as connection:
            row = records.find(connection, messages.key(headers)) if headers else None
        if row and row.status != "receiving":
            done.moved += 1
            box.move(uid, "inbox", row.folder)
        elif row is None or not any(each.row.mail_no == row.mail_no for each in batch):
            taken = _taken(box, uid, headers) if headers else None
            batch += [taken] if taken else []
            size += sum(len(file.content) for file in taken.decision.files) if taken else 0
        if len(batch) >= MAILS_A_BATCH or size >= BYTES_A_BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _taken(box: Box, uid: str, headers: bytes) -> Taken | None:
    """The mail noted, and what is to become of it; None where somebody took it out of the inbox meanwhile."""
    key, size, too_large = messages.key(headers), box.size("inbox", uid), ""
    if size > LARGEST:
        too_large = f"{size // MB} MB > {LARGEST // MB} MB"
        alone = mail = reading.of_headers(headers)
    else:
        content = box.content("inbox", uid)
        if not content:
            return None
        alone, mail = reading.both(headers, content)
    with database.connect("loader", autocommit=True) as connection:
        row = records.note(connection, replace(alone or mail or Mail(key, None, ""), key=key))
        decision = _decision(connection, row, replace(mail, key=key), too_large) if mail else FAILED
        if decision.is_known:
            records.answers(connection, row.mail_no, list(decision.letters))
    return Taken(uid, row, decision)


def _decision(connection: psycopg.Connection, row: Row, mail: Mail, too_large: str) -> Decision:
    """As decide; a mail that it fails at waits for a person, and stops no other."""
    try:
        return deciding.decide(connection, mail, too_large)
    except PASSING:
        raise
    except Exception:
        log.exception("Mail %d could not be decided about", row.mail_no)
        return FAILED


def _move(box: Box, uid: str, key: str) -> None:
    with database.connect("loader", autocommit=True) as connection:
        row = records.find(connection, key)
    if row:
        box.move(uid, "inbox", row.folder)
