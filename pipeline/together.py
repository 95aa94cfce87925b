"""What several threads want at the same time is done as one batch.

Where a batch costs little more than one of it: while one batch is done, what is wanted meanwhile waits and becomes the
next. A batch begins when no more has come for a tenth of a second: those whose last batch ended together would else
come as one of few and one of many.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

PAUSE_S, LONGEST_S = 0.1, 1.0
"""Without another item after which a batch begins, and how long it waits for that at most."""


@dataclass
class _Waiting(Generic[Item, Result]):
    """An item, and its result."""

    item: Item
    outcome: tuple[Result] | Exception | None = None

    def result(self) -> Result:
        if isinstance(self.outcome, Exception):
            raise self.outcome
        assert self.outcome is not None
        return self.outcome[0]


class Together(Generic[Item, Result]):
    """do: a batch of at most so many items, in the order in which they arrived, to one result each in that order."""

    def __init__(self, do: Callable[[Sequence[Item]], Sequence[Result]], most: int) -> None:
        self.do, self.most = do, most
        self.waiting: list[_Waiting[Item, Result]] = []
        self.changes = threading.Lock()
        self.turn = threading.Lock()

    def result(self, item: Item) -> Result:
        """Of an item, done together with those that wait in other threads. Raises what its batch raised."""
        own: _Waiting[Item, Result] = _Waiting(item)
        with self.changes:
            self.waiting.append(own)
        with self.turn:
            while own.outcome is None:
                self._do_next()
        return own.result()

    def _do_next(self) -> None:
        self._wait_for_more()
        with self.changes:
            batch = self.waiting[: self.most]
            del self.waiting[: self.most]
        try:
            results = self.do([each.item for each in batch])
            for each, result in zip(batch, results, strict=True):
                each.outcome = (result,)
        except Exception as error:
            for each in batch:
                each.outcome = error

    def _wait_for_more(self) -> None:
        until = time.monotonic() + LONGEST_S
        before = 0
        while before < len(self.waiting) < self.most and time.monotonic() < until:
            before = len(self.waiting)
            time.sleep(PAUSE_S)
