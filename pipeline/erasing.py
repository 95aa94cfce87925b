"""Erase what is kept of a file: on request everything, and of a file with personal data its bytes once its time is up.

What stays is evidence: the hash of the content, when, by whom and by which act (ops.erasure, witnessed by the audit
chain), and entries of the chain that say that each row and file was removed. The rows go in one transaction, the files
after it; what a kill leaves of them is deleted by the next call.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from ingest import archive, restricted
from warehouse import clock, database
from warehouse.audit import chain
from warehouse.errors import WrongCall
from warehouse.logging import get_logger
from warehouse.settings import get_settings

log = get_logger(__name__)

SHORTEST_HASH = 12
BY_TIME = ("baocao", "BAOCAO_RESTRICTED_DAYS")
"""Who deletes the bytes of a restricted file, and by which act, where nobody asks for it."""
NOT_RESTORED = ("baocao restore", "not in the backup")

FOUND = """
select distinct sha256 from (
    select sha256 from raw.file
    union all select sha256 from ops.restricted_file
    union all select sha256 from ops.erasure
) as known where sha256 like %(hash)s || '%%'
"""
SUBMISSIONS = "select submission_id from raw.submission where sha256 = %s"
MESSAGES = """
select distinct message_id from ops.receipt_ledger
where submission_id = any(%(submissions)s) and message_id is not null
union
select distinct message_id from ops.approval_ledger as ledger
where submission_id = any(%(submissions)s) and message_id is not null and not exists (
    select from ops.approval_ledger as other
    where other.message_id = ledger.message_id and not other.submission_id = any(%(submissions)s))
union
select distinct message_id from ops.warning_ledger as ledger
where submission_id = any(%(submissions)s) and message_id is not null and not exists (
    select from ops.warning_ledger as other
    where other.message_id = ledger.message_id and not other.submission_id = any(%(submissions)s))
"""
"""A letter about approvals or warnings may name reports of other files; it has no figure, and stays for their sake."""
APPROVALS = "select concat(submission_id, ' ', stage) from ops.report_approval where submission_id = any(%s)"
REQUESTS = "select concat(submission_id, ' ', stage) from ops.approval_request where submission_id = any(%s)"
CONFIRMATIONS = "select confirmation_id from ops.warning_confirmation where submission_id = any(%s)"
NOTICES = {
    "approval_letter": """
        select ledger_id::text from ops.approval_ledger where submission_id = any(%s) and status = 'sent'""",
    "warning_letter": """
        select ledger_id::text from ops.warning_ledger where submission_id = any(%s) and status = 'sent'""",
}
DELETED = {
    "ops.form_draft": "delete from ops.form_draft as draft using ops.account as account, raw.submission as submission "
    "where submission.submission_id = any(%(submissions)s) and account.account_id = draft.account_id "
    "and account.unit_code = submission.unit_code and draft.programme_code = submission.programme_code "
    "and draft.period = submission.period",
    "ops.submission_origin": "delete from ops.submission_origin where submission_id = any(%(submissions)s)",
    "ops.warning_ledger": "delete from ops.warning_ledger where submission_id = any(%(submissions)s)",
    "ops.approval_ledger": "delete from ops.approval_ledger where submission_id = any(%(submissions)s)",
    "ops.report_approval": "delete from ops.report_approval where submission_id = any(%(submissions)s)",
    "ops.approval_request": "delete from ops.approval_request where submission_id = any(%(submissions)s)",
    "ops.warning_confirmation": "delete from ops.warning_confirmation where submission_id = any(%(submissions)s)",
    "ops.submission_issue": "delete from ops.submission_issue where submission_id = any(%(submissions)s)",
    "ops.receipt_ledger": "delete from ops.receipt_ledger where submission_id = any(%(submissions)s)",
    "ops.message": "delete from ops.message where message_id = any(%(messages)s)",
    "ops.submission_verdict": "delete from ops.submission_verdict where submission_id = any(%(submissions)s)",
    "raw.line": "delete from raw.line where submission_id = any(%(submissions)s)",
    "raw.submission": "delete from raw.submission where submission_id = any(%(submissions)s)",
    "ops.quarantined_file": "delete from ops.quarantined_file as quarantined using raw.file as file "
    "where file.sha256 = %(sha256)s and right(quarantined.address, length(file.file_name)) = file.file_name",
    "ops.account_event": "update ops.account_event as event set detail = event.detail - 'reason' from ops.upload "
    "where event.detail ->> 'upload_id' = upload.upload_id::text and upload.sha256 = %(sha256)s "
    "and event.detail ? 'reason'",
    "ops.upload": "update ops.upload set file_name = '', reason_vi = null, reason_en = null where sha256 = %(sha256)s",
    "ops.issued_receipt": "delete from ops.issued_receipt where sha256 = %(sha256)s",
    "raw.file": "delete from raw.file where sha256 = %(sha256)s",
    "ops.restricted_file": "delete from ops.restricted_file where sha256 = %(sha256)s",
}
"""What goes, table by table: a row before the one that it refers to. Of an upload the account and the time stay.
A draft about the same report began with what was accepted, and goes with it."""

FORGET_STATUSES = "update ops.partition_state set version = 'erased', accepted_through = 0 where content = 'decisions'"
"""The report is owed again from now on, not from the next build on: until then the statuses are computed. The states
stay, so that the build takes the rows of a partition away of which every report was erased."""

INSERT = """
insert into ops.erasure (sha256, scope, erased_at, erased_by, act, counts)
values (%s, %s, clock_timestamp(), %s, %s, %s)
"""
EXPIRED = "select sha256 from ops.restricted_file where deleted_at is null and expires_at <= %s order by expires_at"
WITHOUT_BYTES = "select sha256 from ops.restricted_file where deleted_at is null"
BYTES_DELETED = "update ops.restricted_file set deleted_at = %s where sha256 = %s"
LEFT = """
select distinct sha256 from ops.erasure where scope = 'everything' and sha256 not in (select sha256 from raw.file)
"""
KEPT = """
select kept.sha256, kept.rules, kept.restricted_at, kept.expires_at,
    (select string_agg(distinct submission.unit_code, ', ') from raw.submission as submission
        where submission.sha256 = kept.sha256) as units
from ops.restricted_file as kept where kept.deleted_at is null order by kept.expires_at, kept.sha256
"""
ERASURES = "select sha256, scope, erased_at, erased_by, act, counts from ops.erasure order by erasure_id"
UNITS = """
select distinct concat_ws(' ', submission.programme_code, submission.period, submission.unit_code)
from raw.submission as submission join ops.submission_verdict as verdict using (submission_id)
where submission.sha256 = %s and verdict.status <> 'rejected' order by 1
"""


class Kept(NamedTuple):
    """A file in the restricted folder. units: whose reports are in it, as far as its keys could be read."""

    sha256: str
    rules: list[str]
    restricted_at: datetime
    expires_at: datetime
    units: str | None


class Erasure(NamedTuple):
    """A row of ops.erasure."""

    sha256: str
    scope: str
    erased_at: datetime
    erased_by: str
    act: str
    counts: dict[str, int]


@dataclass
class Erased:
    """counts: rows and files deleted. accepted: reports that counted, as programme, period and unit: owed again."""

    sha256: str
    counts: dict[str, int] = field(default_factory=dict)
    accepted: list[str] = field(default_factory=list)


def kept() -> list[Kept]:
    """The files that are restricted now, the first to be deleted first."""
    with database.connect() as connection:
        return connection.cursor(row_factory=class_row(Kept)).execute(KEPT).fetchall()


def erasures() -> list[Erasure]:
    """Everything that was ever erased, in its order."""
    with database.connect() as connection:
        return connection.cursor(row_factory=class_row(Erasure)).execute(ERASURES).fetchall()


def erase(content: str, *, by: str, act: str) -> Erased:
    """Erase all that is kept of a content: rows, letters, archive, receipts. Again it finishes what is left.

    content: its SHA-256, or at least twelve digits of it. by, act: who decided, and the decision; neither may be empty.
    Raises WrongCall for a content that was never received.
    """
    by, act = " ".join(by.split()), " ".join(act.split())
    if not by or not act:
        raise WrongCall("Who decided (--by) and the decision (--act) have to be named: they are the evidence.")
    with database.exclusive("gate"), database.exclusive("receipts"):
        with database.connect() as connection:
            sha256 = _found(connection, content)
            done = Erased(sha256, accepted=[report for (report,) in connection.execute(UNITS, [sha256])])
            _erase_rows(connection, done, by, act)
        _finish()
    chain.take_up(whole=True)
    log.info("Erased: %s, by %s, %s", sha256, by, act)
    return done


def repeat(file: Path) -> list[Erased]:
    """Erase again what was erased elsewhere, with the same evidence: after a restore of an older backup.

    file: a list of objects with sha256, erased_by and act, as `baocao personal-data list --erased --json` writes it.
    What this home never had, or has no more, is passed over. Raises WrongCall for any other file.
    """
    try:
        given = [
            (str(row["sha256"]), str(row["erased_by"]), str(row["act"]))
            for row in json.loads(file.read_text(encoding="utf-8"))
            if row["scope"] == "everything"
        ]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise WrongCall(
            f"{file} is no list of erasures as `baocao personal-data list --erased --json` writes it."
        ) from error
    with database.connect() as connection:
        there = {sha256 for (sha256,) in connection.execute("select sha256 from raw.file")}
    return [erase(sha256, by=by, act=act) for sha256, by, act in given if sha256 in there]


def expire() -> int:
    """Delete the restricted files whose time is up; returns how many."""
    with database.exclusive("receipts"):  # `verify` waits for it
        _finish()
        with database.connect() as connection:
            expired = [sha256 for (sha256,) in connection.execute(EXPIRED, [clock.now()])]
        for sha256 in expired:
            restricted.path(sha256).unlink(missing_ok=True)
        _note_deleted(expired, *BY_TIME)
    chain.take_up()
    return len(expired)


def forget_what_was_not_restored() -> None:
    """After a restore: restricted files are in no backup."""
    with database.connect() as connection:
        missing = [sha256 for (sha256,) in connection.execute(WITHOUT_BYTES) if not restricted.path(sha256).exists()]
    _note_deleted(missing, *NOT_RESTORED)
    chain.take_up()


def _note_deleted(deleted: Sequence[str], by: str, act: str) -> None:
    if not deleted:
        return
    with database.connect() as connection:
        for sha256 in deleted:
            connection.execute(BYTES_DELETED, [clock.now(), sha256])
            connection.execute(INSERT, [sha256, "bytes", by, act, Jsonb({"files": 1})])
    log.info("%d files with personal data were deleted: %s", len(deleted), act)


def _found(connection: psycopg.Connection, content: str) -> str:
    given = content.strip().lower()
    if not re.fullmatch(rf"[0-9a-f]{{{SHORTEST_HASH},64}}", given):
        raise WrongCall(
            f"A content is named by its SHA-256, or at least {SHORTEST_HASH} digits of it, as in its receipt."
        )
    found = [sha256 for (sha256,) in connection.execute(FOUND, {"hash": given})]
    if len(found) != 1:
        raise WrongCall(f"{len(found)} contents whose SHA-256 begins with {given} were received.")
    return str(found[0])


def _erase_rows(connection: psycopg.Connection, done: Erased, by: str, act: str) -> None:
    """Rows and evidence, in the caller's transaction; nothing where there are no rows any more."""
    submissions = [submission for (submission,) in connection.execute(SUBMISSIONS, [done.sha256])]
    messages = [message for (message,) in connection.execute(MESSAGES, {"submissions": submissions})]
    confirmations = [str(own) for (own,) in connection.execute(CONFIRMATIONS, [submissions])]
    values: dict[str, Any] = {"sha256": done.sha256, "submissions": submissions, "messages": messages}
    approvals, requests = (
        [own for (own,) in connection.execute(query, [submissions])] for query in (APPROVALS, REQUESTS)
    )
    notices = {kind: [own for (own,) in connection.execute(query, [submissions])] for kind, query in NOTICES.items()}
    files = list(_files(done.sha256))
    done.counts = {table: connection.execute(query, values).rowcount for table, query in DELETED.items()}
    done.counts = {table: count for table, count in (done.counts | {"files": len(files)}).items() if count}
    if not done.counts:
        return
    connection.execute(INSERT, [done.sha256, "everything", by, act, Jsonb(done.counts)])
    connection.execute(FORGET_STATUSES)
    chain.lock(connection)
    evidence = {"by": by, "act": act}
    ids = [str(submission) for submission in submissions]
    for kind, subjects in {
        "file": [done.sha256],
        "submission": ids,
        "verdict": ids,
        "message": messages,
        "confirmation": confirmations,
        "approval": approvals,
        "approval_request": requests,
        **notices,
        "receipt": [chain.subject(path) for path in _receipts(done.sha256)],
    }.items():
        chain.record_removed(connection, kind, subjects, **evidence)


def _finish() -> None:
    """Delete the files of what has no row any more: of an erasure whose process was killed, too."""
    with database.connect() as connection:
        left = [sha256 for (sha256,) in connection.execute(LEFT)]
    for sha256 in left:
        for address in _files(sha256):
            archive.remove(address)


def _files(sha256: str) -> Iterator[str]:
    """Where bytes or words of a content are: archive, restricted folder, receipts and returned workbooks."""
    if address := archive.find(sha256, archive.root()):
        yield address
    if restricted.path(sha256).exists():
        yield str(restricted.path(sha256))
    yield from map(str, _receipts(sha256))


def _receipts(sha256: str) -> list[Path]:
    return sorted((get_settings().home / "receipts").glob(f"{sha256[:12]}-*"))
