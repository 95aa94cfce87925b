"""The step: a file from the inbox is archived unchanged, read, and loaded into raw in one transaction.

Nothing is decided here; the gate does that. A file that cannot be read is loaded as a report with the reason.
The inbox copy is the caller's: it may go as soon as the file is among the results.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal, NamedTuple, cast
from uuid import UUID

import psycopg

from ingest import archive, loading, measures, opening, reading, restricted
from ingest.identities import names, patterns, withholding
from ingest.identities.findings import LISTED
from ingest.identities.patterns import Patterns
from ingest.identities.scan import Scan
from ingest.loading import Content, LoadBatch
from ingest.measures import Measures
from ingest.reports import Issue, Refused, Report, refused
from warehouse import confined, database
from warehouse.confined import Failed, Limits
from warehouse.errors import BaocaoError
from warehouse.logging import get_logger

log = get_logger(__name__)

LIMITS = Limits()
"""Of one file. A file of a whole nation's reports, 110 000 lines, takes a fifth of the memory and of the time."""
FEW = 32
"""Fewer files than these are sooner read than a second process is started."""
READERS = 2
PIECE = 1 << 16

TOO_COSTLY, UNREADABLE = "file_too_costly", "file_unreadable"


STAY = "It and what came after it stay in the inbox; when there is room and a way to write, the next run receives them."


class NotKept(BaocaoError):
    """The archive takes no file. It is none of the file's: those behind it wait too, for one of them may correct it."""


class Arrival(NamedTuple):
    """A file (path or fsspec URL) and when the server had it."""

    path: str
    received_at: datetime


@dataclass(frozen=True)
class ReceivedFile:
    """A file that is archived and in raw.

    batch_id: the batch whose rows hold it, an earlier one if the content is there without a verdict.
    is_duplicate: its content has a verdict already, or is twice in this batch; nothing was loaded.
    address: where it is archived, or `restricted/` and its hash. archive_state: as archive.Kept; `restored` where the
    archive had lost it.
    """

    path: str
    file_name: str
    sha256: str
    address: str
    batch_id: UUID
    submission_ids: list[UUID]
    is_duplicate: bool
    archive_state: str = "new"


class Failure(NamedTuple):
    """A file that did something to its reader, or could not be had. cause: `exhausted` and `killed` were rejected."""

    path: str
    cause: Literal["exhausted", "killed", "not_opened", "waiting", "gone"]
    detail: str


Received = ReceivedFile | Failure
OnFailure = Callable[[Failure], object]


def receive(path: Path | str, *, batch_id: UUID, received_at: datetime) -> ReceivedFile:
    """Archive, read and load one file. Raises OSError if there is none, never for what is in it."""
    with database.connect("loader", autocommit=True) as connection:
        return _noted(_begun(connection, batch_id, waits=True).receive(connection, Arrival(str(path), received_at)))


def receive_many(
    arrivals: Sequence[Arrival], *, batch_id: UUID, on_failure: OnFailure = lambda failure: None
) -> list[ReceivedFile]:
    """Archive, read and load many files, in their order, each in a transaction of its own.

    Each is read in a child process with LIMITS; all are on disk when this returns. A file that exceeds them or kills
    its reader is loaded as a rejected report with the reason. One that is gone, may not be opened or does not answer
    is logged, stays where it is, and is not among the results. on_failure hears of all but those that are gone.
    """
    received: list[ReceivedFile] = []
    seen: set[str] = set()
    with _connected() as connection:  # a forked reader inherits it and never touches it
        batch = _begun(connection, batch_id, waits=False)
        for file in _Readers(connection, batch, on_failure).received(arrivals):
            received.append(_noted(replace(file, is_duplicate=True) if file.sha256 in seen else file))
            seen.add(file.sha256)
        loading.make_durable(connection)
    archive.make_durable()
    return received


def receive_document(
    programme: str,
    period: str,
    unit: str,
    agency: str,
    path: Path | str,
    *,
    batch_id: UUID,
    received_at: datetime,
    is_made_up: bool = False,
) -> ReceivedFile:
    """Archive a report without figures (a dossier, a narrative) of any type, and record it. Raises OSError."""
    report = Report(programme, period, unit, agency, form="document", is_made_up=is_made_up)
    with _opened(Arrival(str(path), received_at)) as source:
        if not source.size:
            report.issues.append(Issue("file_empty"))
        scan = Scan(Measures()).name(str(path))
        scan.document(source.data)
        report.issues += [finding.issue() for finding in scan.findings[:LISTED]]
        content = _kept(source, [report], archive.root())
    with database.connect("loader", autocommit=True) as connection:
        return _noted(_loaded(connection, str(path), loading.packed(content, [report], batch_id)))


# --- one file -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Batch:
    """What is the same for all files of a batch: read once, handed to the processes that read."""

    batch_id: UUID
    archive: str
    measures: Measures
    known: Patterns
    waits: bool
    """Whether each file is on disk before the next; a large batch waits once, at its end."""

    def receive(self, connection: psycopg.Connection, arrival: Arrival) -> ReceivedFile:
        """One file read and loaded; one whose content the database refuses is loaded as unreadable."""
        try:
            return _loaded(connection, arrival.path, self.prepared(arrival))
        except (psycopg.Error, ValueError) as error:
            if not _is_about_content(error):
                raise
            log.exception("%s could not be loaded", names.readable(arrival.path))
        return _loaded(connection, arrival.path, self.unreadable(arrival))

    def receive_available(self, connection: psycopg.Connection, arrival: Arrival) -> Received:
        """A file received, or the failure of one that is gone or may not be opened."""
        try:
            return self.receive(connection, arrival)
        except OSError as error:
            return _not_opened(arrival, error)

    def prepared(self, arrival: Arrival) -> LoadBatch:
        """A file archived and read. Raises OSError if there is none."""
        with _opened(arrival) as source:
            try:
                opening.check_size(source.size)
                reports = reading.read(source.data, self.measures, Scan(self.measures, self.known).name(arrival.path))
            except Refused as reason:
                reports = [refused(reason.issue)]
            content = _kept(source, reports, self.archive, self.known, wait=self.waits)
        return loading.packed(content, reports, self.batch_id)

    def unreadable(self, arrival: Arrival, rule: str = UNREADABLE) -> LoadBatch:
        """A file archived, and not looked into."""
        unread = [refused(Issue(rule))]
        with _opened(arrival) as source:
            content = _kept(source, unread, self.archive, self.known, wait=self.waits)
        return loading.packed(content, unread, self.batch_id)


def _begun(connection: psycopg.Connection, batch_id: UUID, *, waits: bool) -> Batch:
    return Batch(batch_id, archive.root(), measures.read(connection), patterns.current(), waits)


@dataclass(frozen=True)
class _Source:
    """A file that is open. data: its bytes, of a larger file than may be read only the first."""

    arrival: Arrival
    file: BinaryIO
    sha256: str
    size: int
    data: bytes

    def pieces(self) -> Iterator[bytes]:
        if self.size <= opening.LARGEST_FILE:
            return iter([self.data])
        self.file.seek(0)
        return _pieces(self.file)


@contextmanager
def _opened(arrival: Arrival) -> Iterator[_Source]:
    """Raises OSError if there is none."""
    with _source(arrival.path) as file:
        sha, size, read = hashlib.sha256(), 0, []
        for piece in _pieces(file):
            sha.update(piece)
            size += len(piece)
            if size <= opening.LARGEST_FILE:
                read.append(piece)
        yield _Source(arrival, file, sha.hexdigest(), size, b"".join(read))


def _kept(
    source: _Source, reports: Sequence[Report], archive_root: str, known: Patterns | None = None, *, wait: bool = True
) -> Content:
    """A file in the archive, or with personal data where it is restricted."""
    name = names.readable(PurePosixPath(source.arrival.path).name, known)
    try:
        if withholding.is_restricted(reports):
            address, state = restricted.keep(source.pieces(), source.sha256, wait=wait), "same"
        else:
            address, state = archive.keep(source.pieces(), source.sha256, name, archive_root, wait=wait)
    except OSError as error:
        raise NotKept(f"{name} cannot be kept: {error.strerror or error}. {STAY}") from error
    return Content(source.sha256, name, source.size, address, source.arrival.received_at, state)


def _pieces(source: BinaryIO) -> Iterator[bytes]:
    """A piece is about a report's size: the memory for a larger one costs more than reading it."""
    return iter(partial(source.read, PIECE), b"")


def _source(path: str) -> BinaryIO:
    if not archive.is_url(path):
        return Path(path).open("rb")
    system, inside = archive.filesystem(path)
    return cast(BinaryIO, system.open(inside, "rb"))


def _loaded(connection: psycopg.Connection, path: str, load_batch: LoadBatch) -> ReceivedFile:
    loaded = loading.load(connection, load_batch)
    content = load_batch.content
    was_lost = content.archive_state == "new" and loaded.is_known
    return ReceivedFile(
        path,
        content.file_name,
        content.sha256,
        content.archive_uri,
        loaded.batch_id,
        loaded.submission_ids,
        loaded.is_duplicate,
        "restored" if was_lost else content.archive_state,
    )


def _noted(file: ReceivedFile) -> ReceivedFile:
    """The file, after what of the archive it mended is logged: by the step, not by a reading child."""
    if file.archive_state == "repaired":
        log.warning("The archive had other bytes as %s: the genuine ones replace them", file.address)
    elif file.archive_state == "restored":
        log.warning("%s was received before and gone from the archive: it is there again", file.address)
    return file


def _is_about_content(error: psycopg.Error | ValueError) -> bool:
    """Whether a file's own text caused an error, and not the state of the server: sent again it would fail again."""
    if isinstance(error, psycopg.OperationalError):
        return isinstance(error, psycopg.errors.ProgramLimitExceeded)
    return isinstance(error, psycopg.DataError | psycopg.IntegrityError | ValueError)


# --- many files -----------------------------------------------------------------------------------


class _Readers:
    """Child processes that read the files of a batch; what one of them cannot, is rejected here."""

    def __init__(self, connection: psycopg.Connection, batch: Batch, on_failure: OnFailure) -> None:
        self.connection, self.batch, self.on_failure = connection, batch, on_failure

    def received(self, arrivals: Sequence[Arrival]) -> Iterator[ReceivedFile]:
        processes = READERS if len(arrivals) >= FEW else 1
        for arrival, outcome in zip(arrivals, self._read(arrivals, processes), strict=True):
            if isinstance(outcome, Failed) and outcome.reason == "killed":  # by another's hand, it may be
                (outcome,) = self._read([arrival], 1)
            found = self._of_failed(arrival, outcome) if isinstance(outcome, Failed) else outcome
            if isinstance(found, Failure):
                log.error("%s stays where it is: %s", names.readable(arrival.path), found.detail)
                if found.cause != "gone":
                    self.on_failure(found)
            else:
                yield found

    def _read(self, arrivals: Sequence[Arrival], processes: int) -> Iterator[Received | Failed]:
        own: list[psycopg.Connection] = []

        def receive_in_child(arrival: Arrival) -> Received:
            return self.batch.receive_available(own[0], arrival)

        return confined.each(
            receive_in_child,
            arrivals,
            limits=LIMITS,
            processes=processes,
            start=lambda: own.append(_connected()),
        )

    def _of_failed(self, arrival: Arrival, failed: Failed) -> Received:
        """A file that exhausted or killed its reader is rejected; one that keeps it waiting may be had later."""
        if failed.reason == "waiting":
            return Failure(arrival.path, "waiting", failed.detail)
        is_costly = failed.reason != "killed"
        log.error("%s is rejected, for it stopped its reader: %s", names.readable(arrival.path), failed.detail)
        try:
            unread = self.batch.unreadable(arrival, TOO_COSTLY if is_costly else UNREADABLE)
        except OSError as error:
            return _not_opened(arrival, error)
        rejected = _loaded(self.connection, arrival.path, unread)
        self.on_failure(Failure(arrival.path, "exhausted" if is_costly else "killed", failed.detail))
        return rejected


def _not_opened(arrival: Arrival, error: OSError) -> Failure:
    cause: Literal["gone", "not_opened"] = "gone" if isinstance(error, FileNotFoundError) else "not_opened"
    return Failure(arrival.path, cause, error.strerror or type(error).__name__)


def _connected() -> psycopg.Connection:
    """A connection whose commits do not wait for the disk: `make_durable` does, once for the batch."""
    connection = database.connect("loader", autocommit=True)
    connection.execute("set synchronous_commit = off")
    return connection
