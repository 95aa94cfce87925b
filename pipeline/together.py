"""What several threads want at the same time is done as one batch.

Where a batch costs little more than one of it: while one batch is done, what is wanted meanwhile waits and becomes the
next. Nobody is kept waiting for a batch to fill.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


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
