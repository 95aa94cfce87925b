"""The step: a file from the inbox is archived unchanged, read, and loaded into raw in one transaction.

Nothing is decided here; the gate does that. A file that cannot be read is loaded as a report with the reason.
The inbox copy is the caller's: it may go as soon as the file is among the results.
"""

import hashlib
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple, cast
from uuid import UUID

import psycopg

from ingest import archive, loading, measures, opening, reading
from ingest.loading import Content, Known, Parcel
from ingest.measures import Measures
from ingest.reports import Issue, Refused, Report, refused
from warehouse import database
from warehouse.logging import get_logger

log = get_logger(__name__)

FEW = 32
"""Files that are sooner read than a second process is started."""
AT_ONCE = 16
"""Files handed to another process at a time."""
READERS = 2
CHUNK = 1 << 20


class Arrival(NamedTuple):
    """A file (path or fsspec URL) and the moment at which the server had it."""

    path: str
    received_at: datetime


@dataclass(frozen=True)
class ReceivedFile:
    """A file that is archived and in raw.

    batch_id: the batch whose rows hold it, an earlier one if the content was known but not yet judged.
    is_duplicate: its content was judged before, or stands twice in this batch; nothing was loaded.
    """

    path: str
    file_name: str
    sha256: str
    batch_id: UUID
    submission_ids: list[UUID]
    is_duplicate: bool


def receive(path: Path | str, *, batch_id: UUID, received_at: datetime) -> ReceivedFile:
    """Archive, read and load one file. Raises OSError if there is none, never for what is in it."""
    with database.connect("loader", autocommit=True) as connection:
        batch = Batch(batch_id, archive.root(), measures.read(connection))
        return _loaded(connection, str(path), batch.prepared(Arrival(str(path), received_at)))


def receive_many(arrivals: Sequence[Arrival], *, batch_id: UUID) -> list[ReceivedFile]:
    """Archive, read and load many files, in their order, each in a transaction of its own.

    Reading goes on in other processes while this one loads. A file that is gone or may not be opened is logged,
    stays where it is, and is not among the results.
    """
    received: list[ReceivedFile] = []
    seen: set[str] = set()
    with database.connect("loader", autocommit=True) as connection:
        batch = Batch(batch_id, archive.root(), measures.read(connection))
        for arrival, parcel in _prepared_in_order(arrivals, batch):
            if parcel is not None:
                sha256 = parcel.content.sha256
                received.append(_loaded(connection, arrival.path, parcel, is_repeated=sha256 in seen))
                seen.add(sha256)
    return received


def receive_document(
    programme: str, period: str, unit: str, agency: str, path: Path | str, *, batch_id: UUID, received_at: datetime
) -> ReceivedFile:
    """Archive a report without figures (a dossier, a narrative) of any type, and record it. Raises OSError."""
    content, _ = _content(Arrival(str(path), received_at), archive.root())
    report = Report(programme, period, unit, agency, form="document")
    if not content.size_bytes:
        report.issues.append(Issue("file_empty"))
    with database.connect("loader", autocommit=True) as connection:
        return _loaded(connection, str(path), loading.packed(content, [report], batch_id))


# --- one file -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Batch:
    """What is the same for all files of a batch: asked for once, handed to the processes that read."""

    batch_id: UUID
    archive: str
    measures: Measures

    def prepared(self, arrival: Arrival) -> Parcel:
        """A file archived and read. Raises OSError if there is none."""
        content, data = _content(arrival, self.archive)
        try:
            opening.check_size(content.size_bytes)
            reports = reading.read(data, self.measures)
        except Refused as reason:
            reports = [refused(reason.issue)]
        return loading.packed(content, reports, self.batch_id)

    def unreadable(self, arrival: Arrival) -> Parcel:
        """A file archived, and not looked into."""
        content, _ = _content(arrival, self.archive)
        return loading.packed(content, [refused(Issue("file_unreadable"))], self.batch_id)

    def prepared_or_left(self, arrivals: Sequence[Arrival]) -> list["Prepared"]:
        """Files archived and read, and None beside those that are gone or may not be opened."""
        found: list[Prepared] = []
        for arrival in arrivals:
            try:
                found.append((arrival, self.prepared(arrival)))
            except OSError as error:
                log.error("%s stays where it is: %s", arrival.path, error)
                found.append((arrival, None))
        return found


Prepared = tuple[Arrival, Parcel | None]


def _content(arrival: Arrival, archive_root: str) -> tuple[Content, bytes]:
    """A file archived; its bytes, cut off behind what a report may have."""
    name = PurePosixPath(arrival.path).name
    with _source(arrival.path) as source:
        data = source.read(opening.LARGEST_FILE + 1)
        sha, size = hashlib.sha256(data), len(data)
        while more := source.read(CHUNK):
            sha.update(more)
            size += len(more)
        source.seek(0)
        pieces = iter(partial(source.read, CHUNK), b"") if size > len(data) else [data]
        address = archive.keep(pieces, sha.hexdigest(), name, archive_root)
    return Content(sha.hexdigest(), name, size, address, arrival.received_at), data


def _source(path: str) -> BinaryIO:
    if not archive.is_url(path):
        return Path(path).open("rb")
    import fsspec

    return cast(BinaryIO, fsspec.open(path, "rb").open())


def _loaded(connection: psycopg.Connection, path: str, parcel: Parcel, *, is_repeated: bool = False) -> ReceivedFile:
    known = loading.load(connection, parcel) or Known(parcel.submission_ids, parcel.batch_id, is_judged=False)
    content = parcel.content
    is_duplicate = known.is_judged or is_repeated
    return ReceivedFile(path, content.file_name, content.sha256, known.batch_id, known.submission_ids, is_duplicate)


# --- many files -----------------------------------------------------------------------------------


def _prepared_in_order(arrivals: Sequence[Arrival], batch: Batch) -> Iterator[Prepared]:
    """Files archived and read, by other processes if they are many; a daemon (Celery's) may not have any."""
    groups = [arrivals[start : start + AT_ONCE] for start in range(0, len(arrivals), AT_ONCE)]
    if len(arrivals) < FEW or multiprocessing.current_process().daemon:
        yield from chain.from_iterable(map(batch.prepared_or_left, groups))
        return
    done = 0
    with _readers(READERS) as pool:
        try:
            for prepared in pool.map(batch.prepared_or_left, groups):
                done += len(prepared)
                yield from prepared
        except BrokenProcessPool:
            log.error("A reader died; the remaining %s files are read one by one", len(arrivals) - done)
    for arrival in arrivals[done:]:
        yield _prepared_apart(arrival, batch)


def _prepared_apart(arrival: Arrival, batch: Batch) -> Prepared:
    """A file read in a process of its own: one that kills its reader is answered like any that cannot be read."""
    with _readers(1) as pool:
        try:
            return pool.submit(batch.prepared_or_left, [arrival]).result()[0]
        except BrokenProcessPool:
            log.error("%s killed its reader", arrival.path)
    return arrival, batch.unreadable(arrival)


def _readers(count: int) -> ProcessPoolExecutor:
    """Forked, so that a task of Airflow does not import Airflow again in each."""
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("fork"))
