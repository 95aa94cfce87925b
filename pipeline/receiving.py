"""The first step: files come in, are loaded in batches, pass the gate, and each gets a receipt.

A file of the inbox leaves it only when its content is archived and in raw; a file that a person points at stays where
it is. Whatever is interrupted is carried on by the next run: a file that is still there, a report that waits.
"""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid4

from expectations import gate
from ingest import archive, restricted
from ingest.identities import names
from pipeline import building, inbox, quarantine, receipt_files
from publish.receipts import data as receipt_data
from publish.receipts.data import Receipt
from warehouse import clock, database
from warehouse.audit import chain
from warehouse.catalogue import DEFAULT_AGENCY
from warehouse.logging import get_logger
from warehouse.settings import get_settings

if TYPE_CHECKING:
    from ingest.receiving import Failure, ReceivedFile

log = get_logger(__name__)

BATCHES_A_RUN = 1000
"""Airflow maps at most 1024 tasks; what is beyond waits for the next run."""


class Arrived(NamedTuple):
    """A file, and when the server had it."""

    file: str
    received_at: datetime


class Loaded(NamedTuple):
    """A file in raw. fingerprint: of the inbox's copy before it was read; None for one that stays where it is."""

    received: "ReceivedFile"
    fingerprint: str | None


WAITING = """
select distinct submission.batch_id
from raw.submission as submission
left join ops.submission_verdict as verdict on verdict.submission_id = submission.submission_id
left join ops.issued_receipt as receipt
    on receipt.sha256 = submission.sha256 and receipt.batch_id = submission.batch_id
where verdict.submission_id is null or receipt.sha256 is null
"""
"""Batches with a report that was not checked, or whose receipt was not written."""

ISSUED = """
insert into ops.issued_receipt (sha256, batch_id)
select distinct sha256, batch_id from raw.submission where submission_id = any(%s::uuid[])
on conflict do nothing
"""


def plan_batches() -> list[str]:
    """What is to be done: the inbox's files in batches, and the batches that an earlier run did not finish.

    Each is a text for `load`. Empty when nothing waits.
    """
    database.prepare()
    unchecked = [_plan(batch, []) for batch in _unchecked_batches()]
    waiting = _in_order_of_arrival(quarantine.without_quarantined(inbox.waiting()), from_inbox=True)
    log.info("%d files wait in the inbox, %d batches for gate or receipts", len(waiting), len(unchecked))
    return [*unchecked, *(_plan(uuid4(), arrived) for arrived in _batched(waiting))][:BATCHES_A_RUN]


def plan_run() -> list[str]:
    """As `plan_batches`; where nothing waits and a build is overdue, one batch without files, to request it."""
    return plan_batches() or ([_plan(uuid4(), [])] if building.is_overdue() else [])


def is_build_due(receipts: Sequence[Receipt]) -> bool:
    """Whether a report of these was accepted, or reports that were accepted earlier still wait for a build."""
    accepted = [report for receipt in receipts for report in receipt.submissions if report["status"] != "rejected"]
    return bool(accepted) or building.is_overdue()


def load(batch: str) -> str:
    """Archive and load the files of one planned batch, and empty the inbox of them; returns the batch's id.

    After building.prepare_catalogue: what a cell may hold depends on the lines of the unit's level.
    Doing it again is harmless: what was loaded is known by its content.
    """
    planned = json.loads(batch)
    batch_id = UUID(planned["batch_id"])
    started = monotonic()
    arrived = [Arrived(inbox.resolved(file), datetime.fromisoformat(at)) for file, at in planned["files"]]
    loaded = _load(arrived, batch_id, from_inbox=True)
    repeated = [file for file in loaded if file.received.is_duplicate]
    _answer_duplicates(repeated)
    log.info(
        "receive: %d of %d files loaded, %d of them duplicates, in %.1f s",
        len(loaded),
        len(planned["files"]),
        len(repeated),
        monotonic() - started,
    )
    return str(batch_id)


def check_and_issue_receipts(batches: list[str]) -> list[Receipt]:
    """Run the gate over the loaded batches and write a receipt for each file; after building.prepare_catalogue.

    The operator is notified of the files that need a person.
    """
    started, ids = monotonic(), [UUID(batch) for batch in batches]
    gate.check(*ids)
    chain.take_up()
    receipts = _issue(receipt_data.of_batches(ids))
    statuses = ", ".join(
        f"{count} {status}" for status, count in sorted(Counter(each.status for each in receipts).items())
    )
    log.info("check: %d receipts written (%s) in %.1f s", len(receipts), statuses or "none", monotonic() - started)
    quarantine.notify_operator()
    return receipts


def receive(paths: Sequence[str] = (), on_file: Callable[[], None] | None = None) -> list[Receipt]:
    """Receive files, folders and addresses, or the inbox without any; one receipt a file, duplicates last.

    Duplicates are answered before the gate decides anything: one that a kill leaves in the inbox behind its decided
    correction would be taken for a report that was put back, and undo it.

    on_file: called once for each file as it is loaded. Raises WrongCall for a path where nothing is.
    """
    if paths:
        files = inbox.files_at(paths)
    else:
        database.prepare()
        files = quarantine.without_quarantined(inbox.waiting())
    return receive_files(files, from_inbox=not paths, on_file=on_file)


def receive_files(
    files: Sequence[str], *, from_inbox: bool, on_file: Callable[[], None] | None = None
) -> list[Receipt]:
    """As `receive`, for files that are known already. Reports left waiting by an earlier run are checked as well."""
    database.prepare()
    building.prepare_catalogue()
    loaded: list[Loaded] = []
    duplicates: list[Receipt] = []
    for arrived in _batched(_in_order_of_arrival(files, from_inbox)):
        batch = _load(arrived, uuid4(), from_inbox=from_inbox, on_file=on_file)
        duplicates += _answer_duplicates([file for file in batch if file.received.is_duplicate])
        loaded += batch
    batches = {file.received.batch_id for file in loaded if not file.received.is_duplicate}
    issued = check_and_issue_receipts([str(batch) for batch in sorted(batches | set(_unchecked_batches()))])
    return [*issued, *duplicates]


def receive_document(
    programme: str, period: str, unit: str, path: Path, agency: str = DEFAULT_AGENCY, *, is_made_up: bool = False
) -> Receipt:
    """Receive a report without figures: archived as it is, and checked by its keys.

    is_made_up: it says so itself, for no machine can read it.
    Raises OSError when there is no such file.
    """
    from ingest import receiving

    database.prepare()
    building.prepare_catalogue()
    received = receiving.receive_document(
        programme, period, unit, agency, path, batch_id=uuid4(), received_at=clock.now(), is_made_up=is_made_up
    )
    if received.is_duplicate:
        receipt = receipt_data.of_duplicate(received.sha256, received.file_name)
    else:
        gate.check(received.batch_id)
        chain.take_up()
        (receipt,) = receipt_data.of_submissions(received.submission_ids, received.file_name)
    (issued,) = _issue([receipt])
    return issued


def has_received() -> bool:
    """Whether any file has ever been received here."""
    with database.connect("loader") as connection:
        return connection.execute("select from raw.file limit 1").fetchone() is not None


def _load(
    arrived: Sequence[Arrived], batch_id: UUID, *, from_inbox: bool, on_file: Callable[[], None] | None = None
) -> list[Loaded]:
    """The files that are now in raw; they are out of the inbox, but for duplicates, whose receipt comes first."""
    from ingest import receiving

    if not arrived:
        return []
    found = {file: inbox.fingerprint(file) for file, _ in arrived}

    def failed(failure: "Failure") -> None:
        if from_inbox or failure.cause in ("exhausted", "killed"):
            quarantine.record(failure.path, found[failure.path], failure.cause, failure.detail)

    arrivals = [receiving.Arrival(*each) for each in arrived]
    received = receiving.receive_many(arrivals, batch_id=batch_id, on_failure=failed)
    loaded = [Loaded(file, found[file.path] if from_inbox else None) for file in received]
    for file in loaded:
        if not file.received.is_duplicate:
            _remove(file)
        if on_file:
            on_file()
    return loaded


def _remove(file: Loaded) -> None:
    """Out of the inbox, where the archive holds it; what cannot be removed is not received again, and somebody hears
    of it.
    """
    address, fingerprint = file.received.path, file.fingerprint
    if fingerprint is None:
        return
    if not _is_kept(file.received):
        log.error("%s stays in the inbox: %s does not hold its bytes", names.readable(address), file.received.address)
    elif (reason := inbox.try_to_remove(address, fingerprint, file.received.sha256)) is not None:
        quarantine.record(address, fingerprint, "not_removed", reason)


def _is_kept(received: "ReceivedFile") -> bool:
    if restricted.is_restricted(received.address):
        return restricted.holds(received.address)
    return archive.holds(received.address, received.sha256)


def _answer_duplicates(files: Sequence[Loaded]) -> list[Receipt]:
    """Until its receipt is written, a duplicate stays in the inbox: nothing else would know of it after a kill."""
    receipts = []
    for file in files:
        received = file.received
        receipts.append(receipt_files.write(receipt_data.of_duplicate(received.sha256, received.file_name)))
        _remove(file)
    return receipts


def _in_order_of_arrival(files: Sequence[str], from_inbox: bool) -> list[Arrived]:
    """Each file with its time of arrival, none later than now, and no two the same but for the ties of a store.

    A report and its correction may come together: which of them is the newer is never left to chance. In a folder,
    and as a person names them, files of one instant are in their order already. A store that keeps whole seconds
    leaves nothing to order them by: its ties stay, and the gate rejects them with that question.
    """
    now = clock.now()
    arrivals = [(inbox.arrived_at(file, now) if from_inbox else now, place) for place, file in enumerate(files)]
    ordered: list[Arrived] = []
    later = None
    for arrived_at, place in sorted(arrivals, reverse=True):
        file = files[place]
        if not ordered:
            received_at = min(arrived_at, now)
        elif from_inbox and archive.is_url(file) and arrived_at == later:
            received_at = ordered[-1].received_at
        else:
            received_at = min(arrived_at, ordered[-1].received_at - timedelta(microseconds=1))
        ordered.append(Arrived(file, received_at))
        later = arrived_at
    return ordered[::-1]


def _issue(given: Sequence[Receipt]) -> list[Receipt]:
    """Written, and then noted as written: what a kill leaves out is written by the next run."""
    receipts = receipt_files.write_all(given)
    with database.connect("loader") as connection:
        own = [report["submission_id"] for receipt in receipts for report in receipt.submissions]
        connection.execute(ISSUED, [own])
    return receipts


def _batched(files: Sequence[Arrived]) -> list[Sequence[Arrived]]:
    size = get_settings().batch_files
    return [files[start : start + size] for start in range(0, len(files), size)]


def _plan(batch_id: UUID, arrived: Sequence[Arrived]) -> str:
    """ASCII, for a file name of any bytes passes through what hands it on, and is kept: without a person's name."""
    files = [(names.without_person(file), received_at.isoformat()) for file, received_at in arrived]
    return json.dumps({"batch_id": str(batch_id), "files": files})


def _unchecked_batches() -> list[UUID]:
    with database.connect("loader") as connection:
        return [batch for (batch,) in connection.execute(WAITING)]
