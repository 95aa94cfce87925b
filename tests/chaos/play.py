"""A season is played undisturbed, and then again with faults; what both left behind is compared."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from tests.chaos import season
from tests.chaos.end_state import Difference, State, differences, end_state
from tests.chaos.faults import connections, disk, inbox, kills, runs
from tests.chaos.faults.base import Arguments, Strike
from tests.chaos.world import STACK_TRACE, Ended, World
from warehouse import database

ATTEMPTS = 4
"""Runs after a fault until a step has to be done: one may still meet a server that is recovering."""


@dataclass(frozen=True)
class Fault:
    """name: as the table has it. steps: those that it can strike; all without any.

    is_arrival: of files that no run has seen. It comes before other faults of its step: whoever puts a file there again
    behind its correction means it.
    """

    name: str
    strike: Strike
    steps: tuple[str, ...] = ()
    is_arrival: bool = False

    def can_strike(self, step: Arguments) -> bool:
        return not self.steps or step[0] in self.steps


READING = ("receive", "run")
"""Where files arrive after the whole `run`, somebody is rightly reminded of them."""
FAULTS = [
    Fault("SIGKILL of a command", kills.command),
    Fault("SIGKILL with a letter in flight", kills.with_a_letter, ("receive", "alerts", "run")),
    Fault("SIGKILL of PostgreSQL, or of one of its processes", kills.server),
    Fault("connections cut", connections.lost),
    Fault("no connection left", connections.none_left),
    Fault("disk full for files", disk.for_files),
    Fault("disk full for PostgreSQL", disk.for_server),
    Fault("files arrive slowly", inbox.slow, ("receive",), is_arrival=True),
    Fault("files replaced while they are read", inbox.replaced, ("receive",), is_arrival=True),
    Fault("inbox read-only", inbox.read_only, READING),
    Fault("two runs of a step at once", runs.at_once),
    Fault("clock set back", runs.with_the_clock_back),
    Fault("`baocao down` in the middle", runs.with_down),
]


@dataclass
class Undisturbed:
    """state: what it left behind. seconds: of each step, in their order."""

    state: State
    seconds: list[float]


@dataclass
class Played:
    """injected: how often each fault struck. struck: each step with its faults, in their order. seconds: by the last
    fault of a step, until the step was done. traces: stack traces that somebody saw."""

    found: dict[str, Difference]
    injected: Counter[str] = field(default_factory=Counter)
    struck: list[str] = field(default_factory=list)
    seconds: list[tuple[str, float]] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)
    repeated_letters: int = 0


def play_undisturbed(world: World) -> Undisturbed:
    world.reset()
    seconds = []
    for turn in season.turns():
        turn.deliver(world.home / "inbox")
        for step in turn.steps:
            began = time.monotonic()
            ended = world.run(step, turn.now)
            assert ended.code == 0, ended.output
            seconds.append(time.monotonic() - began)
    return Undisturbed(end_state(world, inbox.marks()), seconds)


def play_disturbed(
    world: World,
    undisturbed: Undisturbed,
    chance: random.Random,
    choose: Callable[[int, Arguments], Sequence[Fault]],
) -> Played:
    """choose: the faults that strike a step, one after the other, by its number and its arguments."""
    world.reset()
    played = Played({})
    number = 0
    for turn in season.turns():
        turn.deliver(world.home / "inbox")
        for step in turn.steps:
            usual = undisturbed.seconds[number]
            faults = sorted(choose(number, step), key=lambda fault: not fault.is_arrival)
            played.struck.append(f"{step[0]}: {', '.join(fault.name for fault in faults)}")
            number += 1
            is_done = False
            over = time.monotonic()
            for fault in faults:
                database._prepare_embedded()  # the fault before may have taken the server along
                ended = fault.strike(world, step, turn.now, usual, chance)
                world.in_flight |= _in_flight(world)
                over = time.monotonic()
                played.injected[fault.name] += 1
                is_done = ended is not None
                if ended is not None:
                    _require(ended, step, f"with {fault.name}")
            if not is_done:
                _finish(world, step, turn.now, f"after {', '.join(fault.name for fault in faults)}")
            if faults:
                played.seconds.append((faults[-1].name, time.monotonic() - over))
    played.repeated_letters = _forget_repeated(world)
    played.traces = _traces(world)
    played.found = differences(undisturbed.state, end_state(world, inbox.marks()))
    return played


def _finish(world: World, step: Arguments, now: str, when: str) -> None:
    """Run the step until it is done."""
    for _ in range(ATTEMPTS):
        ended = world.run(step, now)
        if ended.code == 0:
            return
    _require(ended, step, when)


def _require(ended: Ended, step: Arguments, when: str = "") -> None:
    assert ended.code == 0, f"{' '.join(step)} does not come to its end {when}: exit code {ended.code}\n{ended.text}"


def _in_flight(world: World) -> set[str]:
    """Message-IDs that the mail server has and the ledger does not know of, whichever fault was the cause."""
    database._prepare_embedded()
    with database.connect() as connection:
        queued = {
            found for (found,) in connection.execute("select message_id from ops.message where status = 'queued'")
        }
    return queued & set(world.postbox.message_ids())


def _forget_repeated(world: World) -> int:
    """A letter that was in flight at a kill may be there twice, under one Message-ID: that is promised, and counted."""
    seen: set[str] = set()
    kept = []
    for content, message_id in zip(world.postbox.taken, world.postbox.message_ids(), strict=True):
        if message_id not in seen or message_id not in world.in_flight:
            kept.append(content)
        seen.add(message_id)
    repeated = len(world.postbox.taken) - len(kept)
    world.postbox.taken[:] = kept
    return repeated


def _traces(world: World) -> list[str]:
    texts = (path.read_text(errors="replace") for path in sorted((world.home / "steps").glob("*.log")))
    return [text for text in texts if STACK_TRACE.search(text)]


def middle_and_worst(seconds: Iterable[float]) -> tuple[float, float]:
    all_of_them = list(seconds)
    return (median(all_of_them), max(all_of_them)) if all_of_them else (0.0, 0.0)
