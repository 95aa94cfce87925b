"""Verify that nothing was changed, lost or added since it was recorded: the audit chain, the rows and files it names.

The archive is checked by the hash in each file's name, receipts, published workbooks and releases by their newest
entry. Nothing is written, and nothing repaired.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from alerts import operators
from ingest import archive, restricted
from pipeline import inbox
from warehouse import database
from warehouse.audit import chain, comparison
from warehouse.audit.chain import Head
from warehouse.audit.comparison import Finding
from warehouse.errors import NotRetryable, WrongCall
from warehouse.logging import get_logger
from warehouse.settings import get_settings

log = get_logger(__name__)

ARCHIVED = "select sha256, archive_uri, size_bytes from raw.file order by received_at, sha256"

DELETED = "select sha256 from ops.restricted_file where deleted_at is not null"
"""Files with personal data whose time was up."""

STEPS = ("gate", "receipts", "publish", "release", "remind", "mail_receipts")
"""Locks of the steps that write what is recorded."""

NAMED = 20
"""Differences that a message names; the others are counted."""

ADVICE = "docs/verify-and-backup.md says what to do."


class NotAsRecorded(NotRetryable):
    """Something was changed, lost or added."""


@dataclass
class Verified:
    """head: of the chain. counts: entries and files that were checked, by kind. findings: what is not as recorded."""

    head: Head | None
    counts: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def parse_head(text: str) -> Head:
    """`812:ab12…` as `baocao verify` prints it. Raises WrongCall for anything else."""
    number, _, digest = text.strip().partition(":")
    if not number.isdecimal() or len(digest) != hashlib.sha256().digest_size * 2:
        raise WrongCall(
            f"{text} is no head of the chain: a number, a colon and 64 digits, as `baocao verify` prints it."
        )
    return Head(int(number), digest.lower())


def verify(noted: Head | None = None) -> Verified:
    """Compare everything that was recorded with what is there. noted: a head of earlier, which the chain must have.

    What a step has just written and not recorded yet is no finding: where there are any, the steps that are under way
    are waited for, and only what is found again counts.
    """
    first = _look_through(noted)
    if not first.findings:
        return first
    for step in STEPS:
        with database.exclusive(step):
            log.debug("No %s is under way", step)
    second = _look_through(noted)
    # by what differs, not how: a file that is changed all the time is another one at each look
    before = {finding.artefact for finding in first.findings}
    second.findings = [finding for finding in second.findings if finding.artefact in before]
    return second


def verify_daily() -> Verified:
    """Verify for the operators: what differs is sent to them. Raises NotAsRecorded then."""
    done = verify()
    if done.findings:
        text = "\n".join(str(finding) for finding in done.findings[:NAMED])
        more = len(done.findings) - NAMED
        text += f"\n{more} more: `baocao verify` lists them." if more > 0 else ""
        operators.notify(f"baocao verify: differences found: {len(done.findings)}", f"{text}\n\n{ADVICE}")
        raise NotAsRecorded(f"{len(done.findings)} files or rows are not as they were recorded.\n{text}")
    log.info("verify: everything is as it was recorded; head of the chain %s", done.head)
    return done


def _look_through(noted: Head | None) -> Verified:
    listed = archive.listed(archive.root())
    files = {kind: chain.listed(kind) for kind in chain.FOLDERS}
    with database.connect() as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        chain.print_canonically(connection)
        done = Verified(chain.head(connection))
        done.counts = counts(connection) | {"archived": len(listed)}
        done.findings += comparison.check_chain(connection, noted)
        done.findings += comparison.check_heads(connection)
        done.findings += comparison.check_removals(connection)
        done.findings += comparison.check_rows(connection)
        done.findings += _check_archive(connection, listed)
        for kind, found in files.items():
            done.findings += _check_files(connection, kind, found)
    return done


def counts(connection: psycopg.Connection) -> dict[str, int]:
    """Entries of the chain by kind."""
    return dict(connection.execute("select kind, count(*) from ops.audit_entry group by 1 order by 1").fetchall())


def _check_archive(connection: psycopg.Connection, listed: list[str]) -> Iterator[Finding]:
    """Each archived file has the hash in its name and was received; each received file is there."""
    recorded = {sha256: (uri, size) for sha256, uri, size in connection.execute(ARCHIVED)}
    there: set[str] = set()
    deleted = {sha256 for (sha256,) in connection.execute(DELETED)}
    waiting: set[str] | None = None
    for address in listed:
        sha256 = archive.name_of(address).partition(".")[0]
        expected, found = f"SHA-256 {sha256}", _digest(address)
        is_in_place = archive.is_in_place(address)
        if is_in_place:
            there.add(sha256)
        if found != expected:
            yield Finding("changed", address, expected, found)
        elif not is_in_place:
            yield Finding("added", address, f"a file of the archive in its folder {sha256[:2]}", found)
        elif sha256 not in recorded:
            waiting = _waiting() if waiting is None else waiting
            if found not in waiting:
                yield Finding("added", address, "a file that was received", "no row of raw.file has its hash")
    for sha256, (uri, size) in recorded.items():
        if sha256 in there or (restricted.is_restricted(uri) and (sha256 in deleted or restricted.holds(uri))):
            continue
        yield Finding("missing", uri, f"SHA-256 {sha256}, {size} bytes", "no file")


def _waiting() -> set[str]:
    """Hashes of what is in the inbox: of a file that is just being received the archive has a copy, and raw no row."""
    return {_digest(file) for file in inbox.files_at([get_settings().inbox])} if _has_inbox() else set()


def _has_inbox() -> bool:
    place = get_settings().inbox
    return archive.is_url(place) or Path(place).is_dir()


def _check_files(connection: psycopg.Connection, kind: str, listed: list[Path]) -> Iterator[Finding]:
    recorded = chain.newest(connection, kind)
    for path in listed:
        if chain.subject(path) not in recorded:
            yield Finding("added", str(path), "a file that is recorded", _digest(str(path)))
    for subject, content in recorded.items():
        path = get_settings().home / subject
        expected = "no file: it was removed" if content.get("removed") else f"SHA-256 {content['sha256']}"
        found = _digest(str(path)) if path.is_file() else NO_FILE
        if content.get("removed"):
            if found != NO_FILE:
                yield Finding("added", str(path), expected, found)
        elif found == NO_FILE:
            yield Finding("missing", str(path), expected, found)
        elif found != expected:
            yield Finding("changed", str(path), expected, found)


NO_FILE = "no file"


def _digest(address: str) -> str:
    try:
        return f"SHA-256 {archive.digest(address)}"
    except OSError as error:
        return f"a file that cannot be read: {error.strerror or error}"
