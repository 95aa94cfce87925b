"""A full disk: no file grows beyond so many bytes (RLIMIT_FSIZE); each write beyond fails as one to a full disk does.

Python writes no compiled modules meanwhile: it would keep the half of one, and whoever imports it later fails.
"""

import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Of this process and of the children that it starts inside the block. size: in bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "dont_write_bytecode", True)
        patch.setenv("PYTHONDONTWRITEBYTECODE", "1")
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)


def limit_for_good(size: int) -> None:
    """Of this process and its children until they end, and without the signal that would end them. size: in bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
