"""Files that arrive at the pages at the same time are received as one batch.

Loading, gate and receipts of a batch cost little more than those of a file: while one batch is received, what arrives
meanwhile waits and becomes the next. Nobody is kept waiting for a batch to fill.
"""

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline import receiving
from publish.receipts.data import Receipt
from warehouse.errors import BaocaoError

MOST = 30
"""Files of a batch: the last of them is answered as soon as the first."""


class NotReceived(BaocaoError):
    """The receiving step left the file out; its log says why."""


@dataclass
class _Waiting:
    """A file, and what became of it. earlier: how many of its batch before it have the same bytes."""

    path: str
    sha256: str
    receipts: Sequence[Receipt] = ()
    error: Exception | None = None
    is_done: bool = field(default=False)
    earlier: int = 0

    def receipt(self) -> Receipt:
        """Of several files with the same bytes the first has the verdict, the others are duplicates of it."""
        if self.error is not None:
            raise self.error
        own = [receipt for receipt in self.receipts if receipt.sha256 == self.sha256]
        if not own:
            raise NotReceived(f"{self.sha256} was not received")
        return own[0] if not self.earlier and len(own) > 1 else own[-1]


_waiting: list[_Waiting] = []
_changes = threading.Lock()
_turn = threading.Lock()


def receive(path: str, sha256: str) -> Receipt:
    """The receipt of a file of this machine, received together with those that wait in other threads.

    Raises what receiving.receive_files raises, and NotReceived.
    """
    own = _Waiting(path, sha256)
    with _changes:
        _waiting.append(own)
    with _turn:
        while not own.is_done:
            _receive_next()
    return own.receipt()


def _receive_next() -> None:
    """One batch of those that wait, in the order in which they arrived."""
    with _changes:
        batch = _waiting[:MOST]
        del _waiting[:MOST]
    seen: Counter[str] = Counter()
    for file in batch:
        file.earlier = seen[file.sha256]
        seen[file.sha256] += 1
    try:
        receipts = receiving.receive_files([file.path for file in batch], from_inbox=False)
        for file in batch:
            file.receipts = receipts
    except Exception as error:
        for file in batch:
            file.error = error
    finally:
        for file in batch:
            file.is_done = True
