"""The disk is full: for the files that a step writes, or for the server.

No process may let a file grow beyond a few kilobytes (RLIMIT_FSIZE): each write beyond fails as one to a full disk
does, in the same places, and nobody has to be root or to mount anything.
"""

import os
import random
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

from tests.chaos.faults.base import Arguments, wait_a_while
from tests.chaos.world import Ended, World
from tests.full_disk import limit_for_good
from warehouse import database


def for_files(world: World, step: Arguments, now: str, usual: float, chance: random.Random) -> Ended | None:
    largest = chance.choice([0, 100, 1000, 4000, 8000])

    world.begin(step, now, lambda: limit_for_good(largest)).wait()
    return None


def for_server(world: World, step: Arguments, now: str, usual: float, chance: random.Random) -> Ended | None:
    """From some instant of the step on until it has ended. The write-ahead log cannot be written either."""
    under_way = world.begin(step, now)
    wait_a_while(usual, chance)
    with _full(chance.choice([0, 8192, 1 << 20])):
        under_way.wait()
    return None


@contextmanager
def _full(largest: int) -> Iterator[None]:
    _limit(largest)
    try:
        yield
    finally:
        _limit(resource.RLIM_INFINITY)


def _limit(largest: int) -> None:
    """In a child that is what the server is: whose account it has may change its limits."""
    postmaster = database.cluster()._postmaster()
    if postmaster is None:
        return
    if pid := os.fork():
        os.waitpid(pid, 0)
        return
    try:
        if account := database.cluster()._account():
            os.setgroups([])
            os.setgid(account.gid)
            os.setuid(account.uid)
        server = psutil.Process(postmaster.pid)
        _limit_process(server, largest)  # first: a child that it makes meanwhile has its limit
        for process in server.children():
            _limit_process(process, largest)
    finally:
        os._exit(0)


def _limit_process(process: psutil.Process, largest: int) -> None:
    with suppress(OSError):
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
