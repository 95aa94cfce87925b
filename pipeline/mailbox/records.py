"""The row of each mail that was taken from the mailbox: what became of it, and whether it was finished."""

from datetime import datetime
from typing import NamedTuple

import psycopg
from psycopg.rows import class_row

from ingest.mail.boxes import Folder
from ingest.mail.messages import Mail
from warehouse import clock

COLUMNS = """
mail_no, mail_key, sender, noted_at, status, coalesce(reason, '') as reason, coalesce(detail, '') as detail, decided_by
"""
FIND = f"select {COLUMNS} from ops.received_mail where mail_key = %s"
GET = f"select {COLUMNS} from ops.received_mail where mail_no = %s"
OPEN = f"""
select {COLUMNS} from ops.received_mail
where status = 'waiting' or status = 'receiving' and decided_by is not null order by mail_no
"""
NOTE = """
insert into ops.received_mail (mail_key, message_id, sender, thread, noted_at, begun_at, status)
values (%s, %s, %s, %s, %s, %s, 'receiving') on conflict (mail_key) do nothing
"""
BEGIN = "update ops.received_mail set letters = %s, files = %s where mail_no = %s"
ANSWERS = "update ops.received_mail set letters = %s where mail_no = %s"
SETTLE = "update ops.received_mail set status = %s, reason = %s, detail = %s, settled_at = %s where mail_no = %s"
BROUGHT = """
from ops.received_mail as mail
join raw.submission as submission
    on submission.sha256 = any(mail.files) and submission.received_at >= mail.begun_at - interval '1 second'
where mail.mail_no = %(mail)s
"""
"""Of bytes that arrived earlier the submissions are another's; a second covers how files of one batch are ordered."""
ORIGIN = f"""
insert into ops.submission_origin (submission_id, mail_no, account_id)
select submission.submission_id, mail.mail_no, %(account)s {BROUGHT} on conflict do nothing
"""
NEW = """
select count(distinct submission.sha256) from ops.submission_origin join raw.submission using (submission_id)
where mail_no = %s
"""


class Row(NamedTuple):
    """A row of ops.received_mail."""

    mail_no: int
    mail_key: str
    sender: str
    noted_at: datetime
    status: str
    reason: str
    detail: str
    decided_by: str | None

    @property
    def is_open(self) -> bool:
        """Whether a person decides about it, or has and was interrupted."""
        return self.status == "waiting" or (self.status == "receiving" and self.decided_by is not None)

    @property
    def folder(self) -> Folder:
        """Where the mail belongs, once it is settled."""
        return "waiting" if self.status == "waiting" else "done"


def find(connection: psycopg.Connection, key: str) -> Row | None:
    """The row of a mail, by what identifies it."""
    return connection.cursor(row_factory=class_row(Row)).execute(FIND, [_storable(key)]).fetchone()


def get(connection: psycopg.Connection, mail_no: int) -> Row | None:
    """The row with that number."""
    return connection.cursor(row_factory=class_row(Row)).execute(GET, [mail_no]).fetchone()


def still_open(connection: psycopg.Connection) -> list[Row]:
    """Those that a person decides about, the oldest first."""
    return connection.cursor(row_factory=class_row(Row)).execute(OPEN).fetchall()


def note(connection: psycopg.Connection, mail: Mail) -> Row:
    """The row of a mail that is about to be taken, or the one that an interrupted run left."""
    at = clock.now()
    values = [_storable(mail.key), mail.message_id, _storable(mail.sender), list(mail.thread), at, at]
    connection.execute(NOTE, values)
    row = find(connection, _storable(mail.key))
    assert row is not None
    return row


def answers(connection: psycopg.Connection, mail_no: int, letters: list[str]) -> None:
    """Which letters the mail of a known sender answers, before anything is received of it."""
    connection.execute(ANSWERS, [letters, mail_no])


def begin(connection: psycopg.Connection, mail_no: int, letters: list[str], files: list[str]) -> None:
    """What is about to be received. files: SHA-256."""
    connection.execute(BEGIN, [letters, files, mail_no])


def brought(connection: psycopg.Connection, mail_no: int) -> set[str]:
    """SHA-256 of its files that were received since it was begun."""
    rows = connection.execute(f"select distinct submission.sha256 {BROUGHT}", {"mail": mail_no})
    return {sha256 for (sha256,) in rows}


def add_origins(connection: psycopg.Connection, mail_no: int, account_id: object) -> int:
    """Its submissions have the mail as their origin; returns how many of its files brought any."""
    connection.execute(ORIGIN, {"mail": mail_no, "account": account_id})
    row = connection.execute(NEW, [mail_no]).fetchone()
    return int(row[0]) if row else 0


def settle(connection: psycopg.Connection, mail_no: int, status: str, reason: str | None, detail: str) -> None:
    """What became of it, for good or until a person decides."""
    connection.execute(SETTLE, [status, reason, _storable(detail) or None, clock.now(), mail_no])


def _storable(text: str) -> str:
    return "".join(letter for letter in text.encode("utf-8", "replace").decode() if letter.isprintable())
