"""What another process does a little later: a backend that ends, a letter that follows an answer."""

import time
from collections.abc import Callable

LONGEST_SECONDS = 60.0


def wait_for(condition: Callable[[], object], otherwise: str) -> None:
    """Until it holds. AssertionError with `otherwise` after a minute, for a loaded machine."""
    until = time.monotonic() + LONGEST_SECONDS
    while not condition():
        assert time.monotonic() < until, otherwise
        time.sleep(0.02)
