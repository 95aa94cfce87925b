"""Append to the audit chain (ops.audit_entry), and check that it is whole.

Rows are taken up at the end of each step, not by the statement that makes them: each entry needs the hash of the one
before, so two loaders would wait for one another until they commit. What a killed step left out is taken up by the
next one of any kind, because whatever has no entry yet is. Files are recorded by whoever has just written them.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import class_row

from warehouse import database, queries
from warehouse.settings import get_settings

ROWS = {
    "file": queries.load(__file__, "file"),
    "submission": queries.load(__file__, "submission"),
    "verdict": queries.load(__file__, "verdict"),
    "closing": queries.load(__file__, "closing"),
    "message": queries.load(__file__, "message"),
    "release": queries.load(__file__, "release"),
    "erasure": queries.load(__file__, "erasure"),
    "confirmation": queries.load(__file__, "confirmation"),
    "decision": queries.load(__file__, "decision"),
    "approval_request": queries.load(__file__, "approval_request"),
    "approval": queries.load(__file__, "approval"),
    "approval_letter": queries.load(__file__, "approval_letter"),
    "warning_letter": queries.load(__file__, "warning_letter"),
    "account_letter": queries.load(__file__, "account_letter"),
    "answer": queries.load(__file__, "answer"),
    "catalogue_row": queries.load(__file__, "catalogue_row"),
    "catalogue_end": queries.load(__file__, "catalogue_end"),
}
"""What is witnessed of tables, by kind of entry: subject, order (happened) and content of each row."""

RECENT = {
    "file": """
        where file.sha256 in (select submission.sha256 from raw.submission
                              inner join ops.submission_verdict as verdict using (submission_id)
                              where verdict.accepted_seq > %(verdict)s)""",
    "submission": """
        where submission.submission_id in (select verdict.submission_id from ops.submission_verdict as verdict
                                           where verdict.accepted_seq > %(verdict)s)""",
    "verdict": "where verdict.accepted_seq > %(verdict)s",
    "closing": "",
    "message": "and message.sent_at >= %(sent)s::timestamptz",
    "release": "",
    "erasure": "",
    "confirmation": "",
    "decision": "",
    "approval_request": "",
    "approval": "",
    "approval_letter": "",
    "warning_letter": "",
    "account_letter": "",
    "answer": "",
    "catalogue_row": """
        where kept.loaded_at >= coalesce((
            select (entry.content ->> 'loaded_at')::timestamptz from ops.audit_entry as entry
            where entry.kind = 'catalogue_row' order by entry.entry_no desc limit 1), '-infinity')""",
    "catalogue_end": """
        and kept.recorded_to >= coalesce((
            select (entry.content ->> 'recorded_to')::timestamptz from ops.audit_entry as entry
            where entry.kind = 'catalogue_end' order by entry.entry_no desc limit 1), '-infinity')""",
}
"""What may be new of each since it was last taken up: a file and a submission are recorded with their verdict, and one
gate at a time decides, so that verdicts are numbered in the order in which they are committed. A load of the catalogue
is never earlier than the one before it, whatever the clock says."""

SINCE = """
select
    coalesce((select (content ->> 'accepted_seq')::bigint from ops.audit_entry
              where kind = 'verdict' order by entry_no desc limit 1), 0) as verdict,
    coalesce((select (content ->> 'sent_at')::timestamptz - interval '7 days' from ops.audit_entry
              where kind = 'message' order by entry_no desc limit 1), '-infinity')::text as sent
"""

TABLES = {
    "file": "raw.file",
    "submission": "raw.submission",
    "verdict": "ops.submission_verdict",
    "closing": "ops.period_closing",
    "message": "ops.message",
    "release": "ops.public_release",
    "erasure": "ops.erasure",
    "confirmation": "ops.warning_confirmation",
    "decision": "ops.office_decision",
    "approval_request": "ops.approval_request",
    "approval": "ops.report_approval",
    "approval_letter": "ops.approval_ledger",
    "warning_letter": "ops.warning_ledger",
    "account_letter": "ops.account_ledger",
    "answer": "ops.answer_ledger",
    "catalogue_row": "ops.catalogue_row",
    "catalogue_end": "ops.catalogue_row",
}

FOLDERS = {"receipt": "receipts", "workbook": "published", "public_file": "public"}
"""Kinds of entries about files, and the folder of the home where they are; releases may be elsewhere too."""

TAKE_UP = """
insert into ops.audit_entry (kind, subject, content)
select %(kind)s, found.subject, found.content
from ({query}) as found
where not exists (
    select from ops.audit_entry as entry
    where entry.kind = %(kind)s and entry.subject = found.subject and not exists (
        select from ops.audit_entry as removed
        where removed.kind = entry.kind and removed.subject = entry.subject and removed.content ? 'removed'
            and removed.entry_no >= entry.entry_no))
order by found.happened, found.subject
"""

RECORD = """
insert into ops.audit_entry (kind, subject, content)
select %(kind)s, given.subject, given.content::jsonb
from unnest(%(subjects)s::text[], %(contents)s::text[]) with ordinality as given (subject, content, number)
where given.content::jsonb is distinct from (
    select entry.content from ops.audit_entry as entry
    where entry.kind = %(kind)s and entry.subject = given.subject order by entry.entry_no desc limit 1)
order by given.number
"""

NEWEST = """
select distinct on (subject) subject, content from ops.audit_entry where kind = %s
order by subject, entry_no desc
"""

FIRST_HASH = "0" * 64
REMOVED = {"removed": True}


class Head(NamedTuple):
    """The newest entry: whoever has noted it can see later whether the chain up to it is still the same."""

    entry_no: int
    hash: str

    def __str__(self) -> str:
        return f"{self.entry_no}:{self.hash}"


@dataclass(frozen=True)
class Entry:
    """A row of ops.audit_entry."""

    entry_no: int
    kind: str
    subject: str
    recorded_at: datetime
    content: str
    previous_hash: str
    hash: str

    def computed_hash(self) -> str:
        """The hash that the row should have, as the trigger of migration 0014 computes it."""
        at = self.recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        parts = (self.previous_hash, str(self.entry_no), self.kind, self.subject, at, self.content)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def take_up(*, whole: bool = False) -> int:
    """Record what has no entry yet; returns how many entries that were. Any number of processes at once.

    whole: look through all tables and not only at what is recent, in case something was missed.
    """
    with database.connect() as connection:
        lock(connection)
        taken = 0
        if not head(connection):
            whole, taken = True, _record_what_was_before(connection)
        verdict, sent = connection.execute(SINCE).fetchone() or (0, None)
        for kind, query in ROWS.items():
            statement = TAKE_UP.format(query=query if whole else f"{query}\n{RECENT[kind]}")
            values = {"kind": kind, "verdict": verdict, "sent": sent}
            taken += connection.execute(statement.encode(), values).rowcount
    return taken


def record_files(kind: str, files: Mapping[Path, Mapping[str, Any]]) -> None:
    """Record files that were just written (`described`) or REMOVED, unless their newest entry says the same."""
    if not files:
        return
    with database.connect() as connection:
        lock(connection)
        if not head(connection):
            _record_what_was_before(connection)
        _record(connection, kind, {subject(path): content for path, content in files.items()})


def subject(path: Path) -> str:
    """A path as the chain names it: relative to the home where it is in it, so that a home can move."""
    home, path = get_settings().home, path.absolute()
    name = str(path.relative_to(home) if path.is_relative_to(home) else path)
    return name.replace("\n", "_").replace("\r", "_")


def record_removed(connection: psycopg.Connection, kind: str, subjects: Sequence[str], **evidence: str) -> None:
    """Record that rows or files were taken away, with who, when and why; the caller's transaction holds the lock."""
    _record(connection, kind, dict.fromkeys(subjects, REMOVED | evidence))


def described(content: bytes) -> dict[str, Any]:
    """What is recorded of a file."""
    return {"sha256": hashlib.sha256(content).hexdigest(), "size_bytes": len(content)}


def newest(connection: psycopg.Connection, kind: str) -> dict[str, dict[str, Any]]:
    """The content of the newest entry of each subject of a kind."""
    return dict(connection.execute(NEWEST, [kind]).fetchall())


def head(connection: psycopg.Connection) -> Head | None:
    """The newest entry; None where nothing is recorded yet."""
    query = "select entry_no, hash from ops.audit_entry order by entry_no desc limit 1"
    row = connection.execute(query).fetchone()
    return Head(*row) if row else None


def current_head() -> Head | None:
    """As `head`, over a connection of its own; None too where the database has no chain yet."""
    with database.connect() as connection:
        there = connection.execute("select to_regclass('ops.audit_entry') is not null").fetchone()
        return head(connection) if there and there[0] else None


def entries(connection: psycopg.Connection) -> Iterator[Entry]:
    """All entries in their order, read in pieces."""
    with connection.cursor("audit_entries", row_factory=class_row(Entry)) as cursor:
        cursor.itersize = 10_000
        query = "select entry_no, kind, subject, recorded_at, content::text, previous_hash, hash"
        yield from cursor.execute(f"{query} from ops.audit_entry order by entry_no")


def lock(connection: psycopg.Connection) -> None:
    """Until the transaction ends nobody else appends, and timestamps are printed as the chain has them: in UTC."""
    print_canonically(connection)
    connection.execute("select pg_advisory_xact_lock(hashtextextended('baocao:audit', 0))")


def print_canonically(connection: psycopg.Connection) -> None:
    """Until the transaction ends values are printed in one way, whatever the session is set to."""
    connection.execute("set local timezone = 'UTC'")
    connection.execute("set local datestyle = 'ISO, MDY'")


def _record(connection: psycopg.Connection, kind: str, contents: Mapping[str, Mapping[str, Any]]) -> int:
    values = [json.dumps(content) for content in contents.values()]
    return connection.execute(RECORD, {"kind": kind, "subjects": list(contents), "contents": values}).rowcount


def _record_what_was_before(connection: psycopg.Connection) -> int:
    """Of a home that is older than its chain: the files that it has, as they are now."""
    count = 0
    for kind in FOLDERS:
        count += _record(connection, kind, {subject(path): described(path.read_bytes()) for path in listed(kind)})
    return count


def listed(kind: str) -> list[Path]:
    """The files of a kind that are in the home, without those that are being written."""
    folder = get_settings().home / FOLDERS[kind]
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in files if not any(part.startswith(".") for part in path.relative_to(folder).parts))
