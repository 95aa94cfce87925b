"""The inbox: files that arrive slowly, are replaced while they are read, cannot be removed."""

import hashlib
import os
import random
import threading
import time
from pathlib import Path

from tests.capabilities import permissions_count
from tests.chaos.faults.base import Arguments, wait_a_while
from tests.chaos.season import csv, report
from tests.chaos.world import Ended, World
from tests.integration.small_catalogue import PROGRAMMES
from warehouse import database

STRANGER = "99999"
"""A unit that nobody has: what is read of a file that is replaced is a rejected report of it."""


def marks() -> list[str]:
    """What was made of the stranger's file has one of these in it: its hash, what its name begins with, its report."""
    digest = hashlib.sha256(strange_report()).hexdigest()
    with database.connect() as connection:
        own = connection.execute(
            "select submission_id::text from raw.submission where sha256 = %s", [digest]
        ).fetchall()
    return [digest, digest[:12], *(own_id for (own_id,) in own)]


def strange_report() -> bytes:
    return csv(report(PROGRAMMES[0], STRANGER, 1, 2))


def slow(world: World, step: Arguments, now: str, usual: float, chance: random.Random) -> Ended | None:
    """The files arrive in pieces while the step runs, as from a program that keeps them open."""
    files = _taken_out(world.home / "inbox")

    def write() -> None:
        for name, content in files.items():
            with (world.home / "inbox" / name).open("wb") as file:
                cuts = sorted(chance.randrange(len(content) + 1) for _ in range(4))
                for start, end in zip([0, *cuts], [*cuts, len(content)], strict=True):
                    file.write(content[start:end])
                    file.flush()
                    time.sleep(usual / len(files) / 6)

    writing = threading.Thread(target=write)
    writing.start()
    ended = world.run(step, now)
    writing.join()
    return None if files else ended


def replaced(world: World, step: Arguments, now: str, usual: float, chance: random.Random) -> Ended | None:
    """Under each name there is a file of a stranger first, and at some instant of the step the report."""
    inbox = world.home / "inbox"
    files = _taken_out(inbox)
    for name in files:
        (inbox / name).write_bytes(strange_report())
    under_way = world.begin(step, now)
    wait_a_while(usual, chance)
    for name, content in files.items():
        draft = inbox / f".{name}.part"
        draft.write_bytes(content)
        draft.replace(inbox / name)
        time.sleep(0.01)
    under_way.wait()
    return None


def read_only(world: World, step: Arguments, now: str, usual: float, chance: random.Random) -> Ended | None:
    """Nothing can be taken out of it, root or not, until the step has ended twice."""
    inbox, address = world.home / "inbox", database.url()
    inbox.chmod(0o555)

    def obey() -> None:
        os.environ["BAOCAO_DATABASE_URL"] = address
        permissions_count().__enter__()

    for _ in range(2):
        world.begin(step, now, obey).wait()
    inbox.chmod(0o755)
    return None


def _taken_out(inbox: Path) -> dict[str, bytes]:
    """In the order of their arrival, which decides what a correction corrects."""
    arrived = sorted((path for path in inbox.iterdir() if path.is_file()), key=lambda path: path.stat().st_mtime_ns)
    files = {path.name: path.read_bytes() for path in arrived}
    for name in files:
        (inbox / name).unlink()
    return files
