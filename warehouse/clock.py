"""One clock for every step, so that a deadline can be tried out before its day.

`at(...)` (the `now` of a DAG run) comes before BAOCAO_NOW, and that before the wall clock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from warehouse.settings import ZONE, aware, get_settings

__all__ = ["ZONE", "at", "is_pinned", "now"]

_pinned: ContextVar[datetime | None] = ContextVar("baocao_now", default=None)


def now() -> datetime:
    """The time that counts as now: aware, in Vietnamese time."""
    return (_pinned.get() or get_settings().now or datetime.now(ZONE)).astimezone(ZONE)


def is_pinned() -> bool:
    """Whether now() is pinned, and not the wall clock's."""
    return (_pinned.get() or get_settings().now) is not None


@contextmanager
def at(timestamp: str | datetime | None) -> Iterator[None]:
    """Inside the block `now()` is `timestamp` (ISO 8601, Vietnamese time by default); None changes nothing.

    Raises ValueError for a text that is no ISO 8601 timestamp.
    """
    token = _pinned.set(aware(timestamp) if timestamp else _pinned.get())
    try:
        yield
    finally:
        _pinned.reset(token)
