"""Mails that a person decides about: listed, accepted or declined, with who decided."""

from alerts.answer import REASONS
from ingest.mail import access, messages
from ingest.mail.boxes import Box
from ingest.mail.messages import Mail
from pipeline import building, mailing
from pipeline.mailbox import deciding, handing_in, reading, records
from pipeline.mailbox.records import Row
from warehouse import clock, database
from warehouse.errors import BaocaoError, WrongCall
from warehouse.logging import get_logger
from warehouse.settings import get_settings

log = get_logger(__name__)

DECIDE = """
update ops.received_mail
set decided_by = %(by)s, decision_note = %(note)s, status = %(status)s, begun_at = %(at)s,
    settled_at = case when %(status)s = 'declined' then %(at)s::timestamptz else settled_at end
where mail_no = %(mail)s and status = 'waiting'
"""
NEW = """
select mail_no, sender, reason from ops.received_mail
where status = 'waiting' and notified_at is null order by mail_no for update skip locked
"""
NOTIFIED = "update ops.received_mail set notified_at = %s where mail_no = any(%s)"
LISTED = 20
LARGEST_ACCEPTED = 200_000_000
"""Bytes of a mail that a person may accept all the same."""

UNKNOWN = "No mail {number} waits for a decision: see baocao mail waiting."
NO_FILES = (
    "Mail {number} holds no workbook and no CSV that can be read. Save its files from the mailbox, use baocao ingest "
    "or receive-document, and decline the mail with that as the reason."
)
BEGUN = (
    "Mail {number} was accepted by {by} and that was interrupted; some of its files may be received already. "
    "Run accept again."
)
GONE = "Mail {number} is not in the folder baocao/waiting of the mailbox any more. Decline it, or put it back."


def listed() -> list[Row]:
    """The mails that wait, the oldest first."""
    with database.connect("loader") as connection:
        return records.still_open(connection)


def accept(mail_no: int, decided_by: str) -> Row:
    """Receive the files of a mail that waits, on somebody's word; the gate decides about them as about any file.

    Doing it again after an interruption finishes it. Raises WrongCall where nothing can be received.
    """
    with database.exclusive("mailbox"), access.opened(_url()) as box:
        row = _open(mail_no, decided_by)
        uid, mail = _found(box, row)
        with database.connect("loader") as connection:
            files = deciding.own_files(connection, mail)
        if not files:
            raise WrongCall(NO_FILES.format(number=mail_no))
        if row.status == "waiting":
            _decide(row, decided_by, "", "receiving")
        building.prepare_catalogue()
        handing_in.receive([(mail_no, (), files)])
        with database.connect("loader") as connection:
            handing_in.finish(connection, mail_no)
        box.move(uid, "waiting", "done")
    mailing.try_to_mail_receipts()
    return _row(mail_no)


def decline(mail_no: int, decided_by: str, note: str) -> Row:
    """Receive nothing of a mail that waits. Raises WrongCall for one that does not, or without who and why."""
    if not note.strip():
        raise WrongCall("Say why (--reason).")
    with database.exclusive("mailbox"):
        row = _open(mail_no, decided_by)
        if row.status == "receiving":
            raise WrongCall(BEGUN.format(number=mail_no, by=row.decided_by))
        _decide(row, decided_by, note, "declined")
        with access.opened(_url()) as box:
            if uid := _uid(box, row):
                box.move(uid, "waiting", "done")
    return _row(mail_no)


def notify_operator() -> None:
    """Send what the operator was not notified of, as one message. A server that fails stops nobody: next run again."""
    from alerts import operators

    with database.connect("loader") as connection:
        found = connection.execute(NEW).fetchall()
        if not found:
            return
        lines = [f"- {number}: {sender or '?'}: {REASONS[reason].english}" for number, sender, reason in found]
        if len(lines) > LISTED:
            lines[LISTED:] = [f"- … {len(lines) - LISTED} more"]
        text = "\n".join([*lines, "", "baocao mail waiting; baocao mail accept N --by …; baocao mail decline N --by …"])
        try:
            operators.notify(f"{len(found)} thư trả lời cần người xem", text)
        except BaocaoError as error:
            log.error("The operator could not be notified of %d mails, next run again: %s", len(found), error)
            return
        connection.execute(NOTIFIED, [clock.now(), [number for number, *_ in found]])


def _open(mail_no: int, decided_by: str) -> Row:
    if not decided_by.strip():
        raise WrongCall("Say who decides (--by).")
    with database.connect("loader") as connection:
        row = records.get(connection, mail_no)
    if row is None or not row.is_open:
        raise WrongCall(UNKNOWN.format(number=mail_no))
    return row


def _decide(row: Row, decided_by: str, note: str, status: str) -> None:
    """Raises WrongCall where somebody else has decided meanwhile."""
    values = {"mail": row.mail_no, "by": decided_by.strip(), "note": note.strip() or None, "status": status}
    with database.connect("loader") as connection:
        if connection.execute(DECIDE, values | {"at": clock.now()}).rowcount != 1:
            raise WrongCall(UNKNOWN.format(number=row.mail_no))


def _found(box: Box, row: Row) -> tuple[str, Mail]:
    """A mail of the folder of those that wait."""
    uid = _uid(box, row)
    if uid is None:
        raise WrongCall(GONE.format(number=row.mail_no))
    mail = reading.whole(box.content("waiting", uid)) if box.size("waiting", uid) <= LARGEST_ACCEPTED else None
    if mail is None:
        raise WrongCall(NO_FILES.format(number=row.mail_no))
    return uid, mail


def _uid(box: Box, row: Row) -> str | None:
    found = (uid for uid in box.uids("waiting") if messages.key(box.headers("waiting", uid)) == row.mail_key)
    return next(found, None)


def _row(mail_no: int) -> Row:
    with database.connect("loader") as connection:
        row = records.get(connection, mail_no)
    assert row is not None
    return row


def _url() -> str:
    url = get_settings().mailbox_url
    if url is None:
        raise WrongCall("BAOCAO_MAILBOX_URL is not set.")
    return url
