"""`python -m tests.chaos`: every fault ROUNDS times at random, and the table of docs/faults.md.

    make chaos
    make chaos ROUNDS=50 SEED=7 MINUTES=30

ROUNDS: injections of each fault. SEED: of all that is drawn. MINUTES: stop beginning new ones then; the table says how
many there were. Exit code 1 if anything was lost, was there twice or differs.
"""

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tests.chaos.end_state import Difference
from tests.chaos.faults.base import Arguments
from tests.chaos.faults.starts import FirstStarts, Migrations
from tests.chaos.play import FAULTS, Fault, Undisturbed, middle_and_worst, play_disturbed, play_undisturbed
from tests.chaos.world import World, small_world

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
BEGIN, END = "<!-- written by make chaos -->", "<!-- to here -->"
FAULTS_A_STEP = 4
WITH_A_LETTER = "SIGKILL with a letter in flight"
HEADINGS = ("fault", "injected", "lost", "twice", "different", "s until done, median", "worst")


@dataclass
class Tally:
    """What a fault did in all its injections. failures: seasons that did not come to their end, or other troubles."""

    name: str
    injected: int = 0
    lost: int = 0
    twice: int = 0
    other: int = 0
    repeated_letters: int = 0
    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def note(self, found: Mapping[str, Difference]) -> None:
        self.lost += sum(each.lost for each in found.values())
        self.twice += sum(each.twice for each in found.values())
        self.other += sum(each.other for each in found.values())

    def row(self) -> str:
        spent = [f"{seconds:.1f}" for seconds in middle_and_worst(self.seconds)] if self.seconds else ["–", "–"]
        cells = (self.name, self.injected, self.lost, self.twice, self.other, *spent)
        return f"| {' | '.join(map(str, cells))} |"


def main() -> int:
    rounds, seed = int(os.environ.get("ROUNDS") or 20), int(os.environ.get("SEED") or random.randrange(10**6))
    ends = time.monotonic() + 60 * float(os.environ.get("MINUTES") or 24 * 60)
    print(f"{rounds} injections of each fault, seed {seed}", flush=True)
    chance = random.Random(seed)
    began = time.monotonic()
    with small_world() as world:
        undisturbed = play_undisturbed(world)
        tallies = list(_strike_all(world, undisturbed, chance, rounds, ends))
    table = written(tallies, seed, (time.monotonic() - began) / 60)
    print(table)
    _write(table)
    failures = [f"{tally.name}: {failure}" for tally in tallies for failure in tally.failures]
    print("\n".join(failures))
    return 1 if failures else 0


def _strike_all(
    world: World, undisturbed: Undisturbed, chance: random.Random, rounds: int, ends: float
) -> Iterator[Tally]:
    """Seasons in which each step meets several faults, until each fault has its rounds or the time is up."""
    starts = [FirstStarts(), Migrations(world)]
    tallies = {each.name: Tally(each.name) for each in [*FAULTS, *starts]}
    while time.monotonic() < ends and any(tally.injected < rounds for tally in tallies.values()):
        for start in starts:
            if tallies[start.name].injected < rounds:
                _start(start, tallies[start.name], chance)
        if any(tallies[fault.name].injected < rounds for fault in FAULTS):
            _play(world, undisturbed, chance, tallies, rounds, ends)
        print("\n".join(tally.row() for tally in tallies.values()), flush=True)
    yield from tallies.values()


def _start(start: FirstStarts | Migrations, tally: Tally, chance: random.Random) -> None:
    tally.injected += 1
    try:
        started = start.strike(chance)
    except Exception as failure:  # whatever it is, the other faults go on
        tally.other += 1
        tally.failures.append(repr(failure)[-3000:])
        return
    tally.seconds.append(started.seconds)
    tally.note(started.found)
    tally.failures += _shown(started.found)


def _play(
    world: World, undisturbed: Undisturbed, chance: random.Random, tallies: dict[str, Tally], rounds: int, ends: float
) -> None:
    """A season. What differs at its end may be the work of any of its faults, and is counted for each."""
    planned: Counter[str] = Counter()

    def choose(number: int, step: Arguments) -> list[Fault]:
        wanted = [fault for fault in FAULTS if fault.can_strike(step) and time.monotonic() < ends]
        wanted = [fault for fault in wanted if tallies[fault.name].injected + planned[fault.name] < rounds]
        fewest = sorted(wanted, key=lambda fault: (tallies[fault.name].injected + planned[fault.name], chance.random()))
        chosen = fewest[:FAULTS_A_STEP]
        chance.shuffle(chosen)
        planned.update(fault.name for fault in chosen)
        return chosen

    try:
        played = play_disturbed(world, undisturbed, chance, choose)
    except Exception as failure:  # whatever it is, the other faults go on
        for name, number in planned.items():
            tallies[name].injected += number
            tallies[name].other += 1
        tallies[next(reversed(planned), WITH_A_LETTER)].failures.append(repr(failure)[-3000:])
        return
    for name, number in played.injected.items():
        tallies[name].injected += number
        tallies[name].note(played.found)
    for name, seconds in played.seconds:
        tallies[name].seconds.append(seconds)
    letters = tallies[WITH_A_LETTER]
    letters.repeated_letters += played.repeated_letters
    failures = _shown(played.found) + [f"a stack trace: {trace[-600:]}" for trace in played.traces]
    if failures:
        failures.insert(0, "; ".join(played.struck))
    print("\n".join(failures), flush=True)
    tallies[next(iter(played.injected), WITH_A_LETTER)].failures += failures


def _shown(found: Mapping[str, Difference]) -> list[str]:
    return [f"{part}: {example[:400]}" for part, each in found.items() for example in each.examples]


def written(tallies: list[Tally], seed: int, minutes: float) -> str:
    done = [tally for tally in tallies if tally.injected]
    letters = sum(tally.repeated_letters for tally in tallies)
    counts = sorted({tally.injected for tally in done})
    lines = [
        f"Of {date.today().isoformat()}, seed {seed}: {sum(tally.injected for tally in done)} injections "
        f"({counts[0]} to {counts[-1]} of each fault) in {minutes:.0f} minutes. "
        f"Letters that were in flight at a kill and came twice under one Message-ID: {letters}.",
        "",
        f"| {' | '.join(HEADINGS)} |",
        f"|{'---|' * len(HEADINGS)}",
        *(tally.row() for tally in done),
    ]
    return "\n".join(lines)


def _write(table: str) -> None:
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
