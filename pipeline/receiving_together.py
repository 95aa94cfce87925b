"""Files that arrive at the pages at the same time are looked at, and then received, as one batch.

Loading, gate and receipts of a batch cost little more than those of a file, and so does a child process that reads.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from ingest import measures, reading
from ingest.measures import Measures
from pipeline import receiving, reported_units
from pipeline.reported_units import Sender
from pipeline.together import Together
from publish.receipts.data import Receipt
from warehouse import confined, database
from warehouse.confined import Failed, Limits
from warehouse.errors import BaocaoError

MOST = 30
"""Files of a batch: the last of them is answered as soon as the first."""


class NotReceived(BaocaoError):
    """The receiving step left the file out; its log says why."""


class File(NamedTuple):
    """A file of this machine."""

    path: str
    sha256: str


def receive(path: str, sha256: str) -> Receipt:
    """The receipt of a file of this machine, received together with those that wait in other threads.

    Raises what receiving.receive_files raises, and NotReceived.
    """
    receipt = RECEIVING.result(File(path, sha256))
    if receipt is None:
        raise NotReceived(f"{sha256} was not received")
    return receipt


def senders(content: bytes) -> Sequence[Sender] | Failed:
    """The sender of each report of a file whose unit can be read; Failed where the file stops its reader."""
    return LOOKING.result(content)


def _receive(files: Sequence[File]) -> list[Receipt | None]:
    receipts = receiving.receive_files([file.path for file in files], from_inbox=False)
    seen: Counter[str] = Counter()
    found = []
    for file in files:
        found.append(_receipt(receipts, file.sha256, is_first=not seen[file.sha256]))
        seen[file.sha256] += 1
    return found


def _receipt(receipts: Sequence[Receipt], sha256: str, *, is_first: bool) -> Receipt | None:
    """Of several files with the same bytes the first has the verdict, the others are duplicates of it."""
    own = [receipt for receipt in receipts if receipt.sha256 == sha256]
    if not own:
        return None
    return own[0] if is_first and len(own) > 1 else own[-1]


def _senders(contents: Sequence[bytes]) -> list[list[Sender] | Failed]:
    with database.connect("loader") as connection:
        known = measures.read(connection)
    given = [(content, known) for content in contents]
    return list(confined.each(_senders_of, given, limits=Limits(), processes=1))


def _senders_of(given: tuple[bytes, Measures]) -> list[Sender]:
    return reported_units.senders(reading.read(*given))


RECEIVING: Together[File, Receipt | None] = Together(_receive, MOST)
LOOKING: Together[bytes, list[Sender] | Failed] = Together(_senders, MOST)
