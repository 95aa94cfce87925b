"""The step: a file from the inbox is archived unchanged, read, and loaded into raw in one transaction.

Nothing is decided here; the gate does that. A file that cannot be read is loaded as a report with the reason.
The inbox copy is the caller's: it may go as soon as the file is among the results.
"""

import hashlib
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple, cast
from uuid import UUID

import psycopg

from ingest import archive, loading, measures, opening, reading
from ingest.characters import readable_name
from ingest.loading import Content, LoadBatch
from ingest.measures import Measures
from ingest.reports import Issue, Refused, Report, refused
from warehouse import database
from warehouse.logging import get_logger

log = get_logger(__name__)

FEW = 32
"""Fewer files than these are sooner read than a second process is started."""
AT_ONCE = 16
"""Files handed to another process at a time."""
READERS = 2
PIECE = 1 << 16


class Arrival(NamedTuple):
    """A file (path or fsspec URL) and when the server had it."""

    path: str
    received_at: datetime


@dataclass(frozen=True)
class ReceivedFile:
    """A file that is archived and in raw.

    batch_id: the batch whose rows hold it, an earlier one if the content is there without a verdict.
    is_duplicate: its content has a verdict already, or is twice in this batch; nothing was loaded.
    address: where it is archived.
    """

    path: str
    file_name: str
    sha256: str
    address: str
    batch_id: UUID
    submission_ids: list[UUID]
    is_duplicate: bool


Received = ReceivedFile | None


def receive(path: Path | str, *, batch_id: UUID, received_at: datetime) -> ReceivedFile:
    """Archive, read and load one file. Raises OSError if there is none, never for what is in it."""
    with database.connect("loader", autocommit=True) as connection:
        return _begun(connection, batch_id, waits=True).receive(connection, Arrival(str(path), received_at))


def receive_many(arrivals: Sequence[Arrival], *, batch_id: UUID) -> list[ReceivedFile]:
    """Archive, read and load many files, in their order, each in a transaction of its own.

    Two processes share them; all are on disk when this returns. A file that is gone or may not be opened is logged,
    stays where it is, and is not among the results.
    """
    received: list[ReceivedFile] = []
    seen: set[str] = set()
    with _connected() as connection:  # a forked reader inherits it and never touches it
        batch = _begun(connection, batch_id, waits=False)
        for file in _received_in_order(connection, arrivals, batch):
            if file is not None:
                received.append(replace(file, is_duplicate=True) if file.sha256 in seen else file)
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
    content, _ = _content(Arrival(str(path), received_at), archive.root())
    report = Report(programme, period, unit, agency, form="document", is_made_up=is_made_up)
    if not content.size_bytes:
        report.issues.append(Issue("file_empty"))
    with database.connect("loader", autocommit=True) as connection:
        return _loaded(connection, str(path), loading.packed(content, [report], batch_id))


# --- one file -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Batch:
    """What is the same for all files of a batch: read once, handed to the processes that read."""

    batch_id: UUID
    archive: str
    measures: Measures
    waits: bool
    """Whether each file is on disk before the next; a large batch waits once, at its end."""

    def receive(self, connection: psycopg.Connection, arrival: Arrival) -> ReceivedFile:
        """One file read and loaded; one whose content the database refuses is loaded as unreadable."""
        try:
            return _loaded(connection, arrival.path, self.prepared(arrival))
        except (psycopg.Error, ValueError) as error:
            if not _is_about_content(error):
                raise
            log.exception("%s could not be loaded", readable_name(arrival.path))
        return _loaded(connection, arrival.path, self.unreadable(arrival))

    def receive_available(self, connection: psycopg.Connection, arrivals: Sequence[Arrival]) -> list[Received]:
        """Files received, and None in place of those that are gone or may not be opened."""
        received: list[Received] = []
        for arrival in arrivals:
            try:
                received.append(self.receive(connection, arrival))
            except OSError as error:
                log.error(
                    "%s stays where it is: %s", readable_name(arrival.path), error.strerror or type(error).__name__
                )
                received.append(None)
        return received

    def prepared(self, arrival: Arrival) -> LoadBatch:
        """A file archived and read. Raises OSError if there is none."""
        content, data = _content(arrival, self.archive, wait=self.waits)
        try:
            opening.check_size(content.size_bytes)
            reports = reading.read(data, self.measures)
        except Refused as reason:
            reports = [refused(reason.issue)]
        return loading.packed(content, reports, self.batch_id)

    def unreadable(self, arrival: Arrival) -> LoadBatch:
        """A file archived, and not looked into."""
        content, _ = _content(arrival, self.archive, wait=self.waits)
        return loading.packed(content, [refused(Issue("file_unreadable"))], self.batch_id)


def _begun(connection: psycopg.Connection, batch_id: UUID, *, waits: bool) -> Batch:
    return Batch(batch_id, archive.root(), measures.read(connection), waits)


def _content(arrival: Arrival, archive_root: str, *, wait: bool = True) -> tuple[Content, bytes]:
    """A file archived; its bytes, of a larger file than may be read only the first."""
    name = readable_name(PurePosixPath(arrival.path).name)
    with _source(arrival.path) as source:
        sha, size, kept = hashlib.sha256(), 0, []
        for piece in _pieces(source):
            sha.update(piece)
            size += len(piece)
            if size <= opening.LARGEST_FILE:
                kept.append(piece)
        source.seek(0)
        pieces = kept if size <= opening.LARGEST_FILE else _pieces(source)
        found = archive.keep(pieces, sha.hexdigest(), name, archive_root, wait=wait)
    content = Content(sha.hexdigest(), name, size, found.address, arrival.received_at, found.state)
    return content, b"".join(kept)


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
    if content.archive_state == "repaired":
        log.warning("The archive had other bytes as %s: the genuine ones replace them", content.archive_uri)
    elif content.archive_state == "new" and loaded.is_known:
        log.warning("%s was received before and gone from the archive: it is there again", content.archive_uri)
    return ReceivedFile(
        path,
        content.file_name,
        content.sha256,
        content.archive_uri,
        loaded.batch_id,
        loaded.submission_ids,
        loaded.is_duplicate,
    )


def _is_about_content(error: psycopg.Error | ValueError) -> bool:
    """Whether a file's own text caused an error, and not the state of the server: sent again it would fail again."""
    if isinstance(error, psycopg.OperationalError):
        return isinstance(error, psycopg.errors.ProgramLimitExceeded)
    return isinstance(error, psycopg.DataError | psycopg.IntegrityError | ValueError)


# --- many files -----------------------------------------------------------------------------------


def _received_in_order(connection: psycopg.Connection, arrivals: Sequence[Arrival], batch: Batch) -> Iterator[Received]:
    """Files received here if they are few, else by readers; a daemon (Celery's) may not start any."""
    if len(arrivals) < FEW or multiprocessing.current_process().daemon:
        yield from batch.receive_available(connection, arrivals)
        return
    done = 0
    with _readers(READERS) as pool:
        groups = [arrivals[start : start + AT_ONCE] for start in range(0, len(arrivals), AT_ONCE)]
        try:
            for received in pool.map(partial(_receive_in_reader, batch), groups):
                done += len(received)
                yield from received
        except BrokenProcessPool:
            log.error("A reader died; the remaining %s files are read one by one", len(arrivals) - done)
    for arrival in arrivals[done:]:
        yield _received_apart(connection, arrival, batch)


def _received_apart(connection: psycopg.Connection, arrival: Arrival, batch: Batch) -> Received:
    """A file read in a process of its own: one that kills its reader gets a receipt like any that cannot be read."""
    with _readers(1) as pool:
        try:
            return pool.submit(_receive_in_reader, batch, [arrival]).result()[0]
        except BrokenProcessPool:
            log.error("%s killed its reader", readable_name(arrival.path))
    return _loaded(connection, arrival.path, batch.unreadable(arrival))


def _connected() -> psycopg.Connection:
    """A connection whose commits do not wait for the disk: `make_durable` does, once for the batch."""
    connection = database.connect("loader", autocommit=True)
    connection.execute("set synchronous_commit = off")
    return connection


_own: list[psycopg.Connection] = []
"""The connection of a reader, opened when its process starts."""


def _readers(count: int) -> ProcessPoolExecutor:
    """Forked, so that a task of Airflow does not import Airflow again in each."""
    context = multiprocessing.get_context("fork")
    return ProcessPoolExecutor(count, mp_context=context, initializer=_start_reader)


def _start_reader() -> None:
    _own.append(_connected())


def _receive_in_reader(batch: Batch, arrivals: Sequence[Arrival]) -> list[Received]:
    return batch.receive_available(_own[-1], arrivals)
